from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_what_was_added_by_hand_stays_and_the_monoliths_change_arrives(monolith: Path, run: Run) -> None:
    run("extract", "stock", analysis=True)
    (monolith / "services/stock/README.md").write_text("mine")
    source = monolith / "shop/clock.py"
    source.write_text(source.read_text() + "# later\n")
    status, said = run("update", "stock", analysis=True)
    assert (status, said["kept"], said["conflicts"]) == (0, ["README.md"], [])
    copy = monolith / "services/stock/stock_service/domain/shop/clock.py"
    assert copy.read_text().endswith("# later\n")


def test_a_conflict_is_a_finding(monolith: Path, run: Run) -> None:
    run("extract", "stock", analysis=True)
    for path in (monolith / "shop/clock.py", monolith / "services/stock/stock_service/domain/shop/clock.py"):
        path.write_text(path.read_text().replace("return 1", f"return {len(str(path))}"))
    status, said = run("update", "stock", analysis=True)
    assert (status, said["conflicts"]) == (1, ["stock_service/domain/shop/clock.py"])
