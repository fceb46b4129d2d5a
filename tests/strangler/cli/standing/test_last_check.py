from __future__ import annotations

from datetime import date
from pathlib import Path

from strangler.cli.standing.last_check import LastCheck, last_check, remember


def test_what_is_remembered_is_what_was_found(tmp_path: Path) -> None:
    assert last_check(tmp_path) is None
    outcome = LastCheck(date(2026, 5, 1), {"code": 1, "traffic": 0})
    remember(tmp_path, outcome)
    assert last_check(tmp_path) == outcome


def test_a_spoilt_record_is_no_record(tmp_path: Path) -> None:
    (tmp_path / ".strangler").mkdir()
    (tmp_path / ".strangler" / "check.json").write_text("{", encoding="utf-8")
    assert last_check(tmp_path) is None
