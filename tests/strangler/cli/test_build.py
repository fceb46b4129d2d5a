from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_it_wants_a_dockerfile(run: Run) -> None:
    status, said = run("build", "stock")
    assert (status, "no Dockerfile" in said["error"]["message"]) == (2, True)


def test_it_builds_a_service_or_a_part_of_ours_and_not_both(run: Run) -> None:
    for arguments in ((), ("stock", "--own", "facade")):
        status, said = run("build", *arguments)
        assert (status, "--own" in said["error"]["message"]) == (2, True)
