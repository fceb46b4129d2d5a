from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_what_still_needs_the_code_is_named_and_nothing_is_deleted(monolith: Path, run: Run) -> None:
    status, said = run("retire", "stock", analysis=True)
    assert (status, said["deleted"], len(said["findings"])) == (1, [], 2)
    assert (monolith / "shop/stock/service.py").is_file()
