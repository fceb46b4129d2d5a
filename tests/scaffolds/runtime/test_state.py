from __future__ import annotations

from pathlib import Path

import pytest

from strangler_scaffolds.runtime.state import State, StateSource


def test_the_state_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    source = StateSource("stock", {"STRANGLER_STATE_FILE": str(path)})
    assert source.current().stage == "extracted"
    path.write_text('{"services": {"stock": {"stage": "canary", "percent": 5, "url": "http://s"}}}')
    assert source.current() == State("canary", 5.0, "http://s")
    path.write_text("half written")
    assert source.current().stage == "canary"


def test_what_was_told_long_ago_is_trusted_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1.0]
    source = StateSource("stock", {"STRANGLER_STATE_URL": "http://127.0.0.1:9/"}, clock=lambda: now[0])
    monkeypatch.setattr(source, "_start_polling", lambda: None)
    source.tell({"version": 1, "services": {"stock": {"stage": "live", "url": "http://s"}}})
    assert source.current().stage == "live"
    now[0] = 100.0
    assert source.current() == State("extracted", 0.0, "http://s")
