from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from strangler.model import Stage
from strangler.plan import RoutePattern
from strangler_facade.control.routeset import RouteSet, Rules, difference
from strangler_facade.control.stages import Position
from strangler_facade.control.store import Entry, Store, StoreError

PATTERNS = (RoutePattern(path="/api/invoices/**", methods=("GET",)), RoutePattern(path="/billing/**"))
ROUTES = RouteSet(
    "http://127.0.0.1:8000",
    {"cookie": "sid"},
    "salt",
    {"billing": Rules("http://127.0.0.1:8101", PATTERNS)},
    {"billing": Position(Stage.CANARY, 12.5, True)},
)


def _change(store: Store, routes: RouteSet = ROUTES, reason: str = "because") -> int:
    with store.change():
        number = store.add_version(routes, at=1.0, plan="digest")
        store.add_entry(Entry(1.0, "ada", "shift", reason, "billing", number, {"changes": {}}))
    return number


def test_a_version_comes_back_as_it_was_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    assert store.latest() is None
    number = _change(store)
    store.close()
    again = Store(tmp_path / "state.sqlite3")
    latest = again.latest()
    assert latest is not None
    assert (latest.number, latest.routes, latest.plan) == (number, ROUTES, "digest")
    assert again.version(99) is None
    again.close()


def test_history_is_newest_first_by_service_and_page(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    for index in range(5):
        _change(store, reason=f"reason {index}")
    assert [entry.reason for entry in store.entries(limit=2)] == ["reason 4", "reason 3"]
    assert [entry.reason for entry in store.entries(before=4, limit=2)] == ["reason 2", "reason 1"]
    assert store.entries(service="orders") == []
    store.close()


@pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET reason = 'x'"])
def test_the_audit_log_takes_no_change(tmp_path: Path, statement: str) -> None:
    store = Store(tmp_path / "state.sqlite3")
    _change(store)
    with pytest.raises(StoreError, match="audit log"), store.change():
        store._db.execute(statement)
    assert len(store.entries()) == 1
    store.close()


@pytest.mark.parametrize("statement", ["DELETE FROM versions", "UPDATE versions SET routes = '{}'"])
def test_versions_take_no_change(tmp_path: Path, statement: str) -> None:
    store = Store(tmp_path / "state.sqlite3")
    _change(store)
    with pytest.raises(StoreError, match="versions"), store.change():
        store._db.execute(statement)
    store.close()


def test_an_audit_line_changed_behind_our_back_is_found(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    for _ in range(3):
        _change(store)
    assert store.broken_link() is None
    store.close()
    database = sqlite3.connect(tmp_path / "state.sqlite3")
    database.execute("DROP TRIGGER audit_stands")
    database.execute("UPDATE audit SET reason = 'another' WHERE seq = 2")
    database.commit()
    database.close()
    store = Store(tmp_path / "state.sqlite3")
    assert store.broken_link() == 2
    store.close()


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    _change(store)
    with pytest.raises(RuntimeError, match="pulled"), store.change():
        store.add_version(ROUTES, at=2.0, plan="digest")
        raise RuntimeError("the plug is pulled")
    latest = store.latest()
    assert latest is not None
    assert latest.number == 1
    store.close()


def test_a_full_disk_refuses_the_change_and_keeps_everything_before_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3", page_limit=16)
    written = 0
    with pytest.raises(StoreError, match="full") as caught:
        for _ in range(1000):
            written = _change(store, reason="x" * 400)
    assert "nothing was changed" in caught.value.hint
    latest = store.latest()
    assert latest is not None
    assert (latest.number, len(store.entries(limit=1000))) == (written, written)
    assert store.broken_link() is None
    store.close()
    with closing(Store(tmp_path / "state.sqlite3")) as again:
        assert again.latest() == latest


def test_a_second_control_plane_is_kept_out(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "state.sqlite3")
    assert caught.value.hint == "another control plane runs with this --state"
    store.close()


def test_a_newer_releases_state_is_not_touched(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "state.sqlite3")
    database.execute("PRAGMA user_version = 7")
    database.close()
    with pytest.raises(StoreError, match="newer strangler"):
        Store(tmp_path / "state.sqlite3")


def test_a_file_that_cannot_be_used_is_let_go_at_once(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 7")
    with pytest.raises(StoreError) as caught:
        Store(path)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
        other.execute("BEGIN EXCLUSIVE")
    assert caught.value.__traceback__ is not None  # it holds the store until here


def test_documents_are_replaced_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    with store.change():
        store.put_document("rollout", "billing", {"step": 1})
    with store.change():
        store.put_document("rollout", "billing", {"step": 2})
    assert store.documents("rollout") == {"billing": {"step": 2}}
    store.close()


def test_a_difference_names_each_leaf_that_changed() -> None:
    moved = ROUTES.placed("billing", Position(Stage.CANARY, 25, True))
    assert difference(ROUTES, moved) == {"positions.billing.weight": [12.5, 25]}
    assert difference(None, ROUTES)["monolith"] == [None, "http://127.0.0.1:8000"]


def test_positions_do_not_count_among_the_rules() -> None:
    moved = ROUTES.placed("billing", Position(Stage.LIVE, 100))
    assert moved.rules_digest == ROUTES.rules_digest
