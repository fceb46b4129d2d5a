from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_it_wants_an_extraction(run: Run) -> None:
    status, said = run("up")
    assert (status, said["error"]["message"]) == (2, "no service of the plan has been extracted")


def test_a_setting_is_a_name_and_a_value(run: Run) -> None:
    run("extract", "stock", analysis=True)
    status, said = run("up", "--env", "nonsense")
    assert (status, said["error"]["message"]) == (2, "'nonsense' has no '='")


def test_a_compose_file_is_written_and_nothing_is_started(run: Run, monolith: Path) -> None:
    plan = monolith / "strangler.yaml"
    plan.write_text(plan.read_text().replace("framework: flask", 'framework: flask, run: "python -m shop"'))
    run("extract", "stock", analysis=True)
    status, said = run("up", "--compose", str(monolith / "compose.yaml"))
    assert (status, said["containers"]) == (0, ["stock", "facade", "monolith"])
    assert "cap_drop" in (monolith / "compose.yaml").read_text()
    assert (monolith / ".strangler/containers/facade/Dockerfile").is_file()
