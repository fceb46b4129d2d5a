from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strangler_deploy.control_plane.store.store import Store
from strangler_deploy.control_plane.tenants.events import tell, told
from strangler_deploy.control_plane.tenants.requests import Conflict, Outdated, ask, committed, failed, onboard
from strangler_deploy.control_plane.tenants.stages import ALLOWED, EVENTS, Kind, Standing, State
from strangler_deploy.control_plane.tenants.wish import InvalidWish, document_of, merged, tenant_of

from .conftest import Clock

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=3), JSON, max_size=4)


def _holds_none(value: object) -> bool:
    return value is None or (isinstance(value, dict) and any(_holds_none(item) for item in value.values()))


@settings(deadline=None)
@given(OBJECTS, OBJECTS)
def test_a_merge_patch_has_the_last_word_and_can_be_repeated(
    document: dict[str, object], patch: dict[str, object]
) -> None:
    once = merged(document, patch)
    assert merged(once, patch) == once
    for key, value in patch.items():
        if value is None:
            assert key not in once
        elif not _holds_none(value) and not isinstance(value, dict):
            assert once[key] == value
    assert all(once[key] == document[key] for key in document if key not in patch)


def test_all_mistakes_of_a_wish_are_told_at_once() -> None:
    with pytest.raises(InvalidWish) as caught:
        tenant_of({"id": "Not A Label", "colour": "red", "quota": {"cpu": 4}})
    assert {key for key, _ in caught.value.problems} == {"id", "colour", "quota.cpu"}


def test_a_document_says_only_what_was_said() -> None:
    said = {"id": "acme", "quota": {"cpu": "4"}, "suspended": True}
    assert document_of(tenant_of(said)) == said


def test_every_kind_has_its_standings_and_events() -> None:
    assert set(ALLOWED) == set(EVENTS) == set(Kind)
    assert [state for state in State if state.is_final] == [State.READY, State.FAILED]


def test_events_are_told_in_order_and_by_tenant(database: str) -> None:
    store, clock = Store(database), Clock()
    with store.write() as connection:
        for tenant in ("acme", "globex", "acme"):
            tell(connection, "onboardingRequest", tenant, {"n": 1}, clock())
        assert [row["id"] for row in told(connection, after=1, tenant=None, limit=9)] == [2, 3]
        assert [row["id"] for row in told(connection, after=0, tenant="acme", limit=9)] == [1, 3]
    store.close()


def test_an_outcome_counts_once_however_often_it_is_told(database: str) -> None:
    store, clock = Store(database), Clock()
    with store.write() as connection:
        number = onboard(connection, {"id": "acme"}, "standard", "alice", clock())
        committed(connection, number, "c0ffee", "", {"id": "acme"}, clock())
        events = len(told(connection, after=0, tenant=None, limit=99))
        committed(connection, number, "another", "", {"id": "acme"}, clock())
        failed(connection, number, "too late", (), clock())
        assert len(told(connection, after=0, tenant=None, limit=99)) == events
    store.close()


def test_what_a_standing_does_not_allow_is_refused(database: str) -> None:
    store, clock = Store(database), Clock()
    with store.write() as connection:
        number = onboard(connection, {"id": "acme"}, "standard", "alice", clock())
        for kind in Kind:
            with pytest.raises(Conflict):
                ask(connection, "acme", kind, {}, 1, "alice", clock())
        committed(connection, number, "c0ffee", "", {"id": "acme"}, clock())
        with pytest.raises(Conflict, match=Standing.ACTIVE):
            ask(connection, "acme", Kind.RESUME, {}, 2, "alice", clock())
        with pytest.raises(Outdated):
            ask(connection, "acme", Kind.CHANGE, {"name": "A"}, 1, "alice", clock())
        with pytest.raises(Conflict, match="cannot be changed"):
            ask(connection, "acme", Kind.CHANGE, {"id": "other"}, 2, "alice", clock())
    store.close()
