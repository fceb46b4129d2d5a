from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_it_wants_an_extraction(run: Run) -> None:
    status, said = run("up")
    assert (status, said["error"]["message"]) == (2, "no service of the plan has been extracted")


def test_a_setting_is_a_name_and_a_value(run: Run) -> None:
    run("extract", "stock", analysis=True)
    status, said = run("up", "--env", "nonsense")
    assert (status, said["error"]["message"]) == (2, "'nonsense' has no '='")
