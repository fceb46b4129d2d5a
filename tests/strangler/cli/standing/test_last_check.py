from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from strangler.cli.standing.last_check import LastCheck, Tally, last_check, remember, tally
from strangler.model import Finding, Severity


def test_what_is_remembered_is_what_was_found(tmp_path: Path) -> None:
    assert last_check(tmp_path) is None
    first, later = date(2026, 5, 1), date(2026, 5, 3)
    outcome = LastCheck({"code": Tally(first, 1, 2), "manifests": Tally(first)}, {"billing": Tally(first, 0, 1)})
    remember(tmp_path, outcome)
    assert last_check(tmp_path) == outcome
    remember(tmp_path, LastCheck({"code": Tally(later)}, {}))
    assert last_check(tmp_path) == LastCheck({**outcome.checks, "code": Tally(later)}, outcome.platform)


@pytest.mark.parametrize("kept", ["{", "[]", '{"day": "2026-05-01", "errors": {"code": 1}}', '{"day": 1}'])
def test_a_spoilt_record_or_one_of_another_version_is_no_record(kept: str, tmp_path: Path) -> None:
    (tmp_path / ".strangler").mkdir()
    (tmp_path / ".strangler" / "check.json").write_text(kept, encoding="utf-8")
    assert last_check(tmp_path) is None


def test_notes_are_not_counted() -> None:
    found = [Finding("R", "m", severity=severity) for severity in (Severity.ERROR, Severity.NOTE, Severity.WARNING)]
    assert tally(found, date(2026, 5, 1)) == Tally(date(2026, 5, 1), 1, 1)
