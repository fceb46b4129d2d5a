from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_everything_is_as_before_but_the_services_folder(monolith: Path, run: Run) -> None:
    before = {path: path.read_bytes() for path in monolith.rglob("*") if path.is_file()}
    run("extract", "stock", analysis=True)
    status, said = run("undo", "stock")
    services = monolith / "services"
    after = {p: p.read_bytes() for p in monolith.rglob("*") if p.is_file() and not p.is_relative_to(services)}
    assert (status, after, said["directory"]) == (0, before, "services/stock")


def test_what_was_never_extracted_cannot_be_undone(run: Run) -> None:
    assert run("undo", "stock")[0] == 2
