from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_a_shell_is_written_where_it_is_wanted(monolith: Path, run: Run) -> None:
    status, _ = run("scaffold", "stock", "-o", str(monolith / "s"))
    assert (status, (monolith / "s/Dockerfile").is_file()) == (0, True)


def test_a_folder_with_something_in_it_is_left_alone(monolith: Path, run: Run) -> None:
    assert run("scaffold", "stock", "-o", str(monolith / "shop"))[0] == 2
