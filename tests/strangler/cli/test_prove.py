from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_it_wants_an_extraction(run: Run) -> None:
    status, said = run("prove", "stock")
    assert (status, said["error"]["hint"]) == (2, "strangler extract stock")


def test_it_knows_its_phases(run: Run) -> None:
    status, said = run("prove", "stock", "--phases", "ABX")
    assert (status, said["error"]["hint"]) == (2, "the phases are A, B, C, D and H")
