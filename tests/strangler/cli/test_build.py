from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_it_wants_a_dockerfile(run: Run) -> None:
    status, said = run("build", "stock")
    assert (status, "no Dockerfile" in said["error"]["message"]) == (2, True)
