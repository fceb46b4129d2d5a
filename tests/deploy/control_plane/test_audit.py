from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update

from strangler_deploy.control_plane import audit
from strangler_deploy.control_plane.store.store import Store
from strangler_deploy.control_plane.store.tables import audit as table

from .conftest import Clock, World


def _chain(database: str, length: int) -> Store:
    store, clock = Store(database), Clock()
    for number in range(length):
        with store.write() as connection:
            audit.record(connection, audit.Entry("alice", "acme", "GET", f"/v1/{number}", 200), clock())
    return store


def test_a_chain_that_nobody_touched_holds(database: str) -> None:
    store = _chain(database, 5)
    with store.read() as connection:
        assert audit.first_broken(connection) is None
    store.close()


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (update(table).where(table.c.id == 3).values(status=500), 3),
        (update(table).where(table.c.id == 3).values(actor="eve"), 3),
        (delete(table).where(table.c.id == 3), 4),
        (delete(table).where(table.c.id == 1), 2),
        (text("UPDATE audit SET id = 99 WHERE id = 2"), 3),
    ],
)
def test_an_entry_that_was_changed_moved_or_left_out_is_found(database: str, tamper: object, broken: int) -> None:
    store = _chain(database, 5)
    with store.write() as connection:
        connection.execute(tamper)  # type: ignore[call-overload]
        assert audit.first_broken(connection) == broken
    store.close()


def test_every_request_and_refusal_is_on_record_with_its_reason(world: World) -> None:
    world.onboard("acme")
    member, operator = world.client("member", "acme"), world.client()
    member.delete("/v1/tenants/acme", headers={"if-match": '"1"'})
    member.get("/v1/tenants/globex")
    world.client().request("GET", "/v1/nothing", headers={"authorization": "Bearer nonsense"})
    entries = operator.get("/v1/audit").json()["items"]
    told = [(entry["actor"], entry["method"], entry["path"], entry["status"]) for entry in entries]
    assert told[:3] == [
        ("", "GET", "/v1/nothing", 404),
        ("member-acme", "GET", "/v1/tenants/globex", 404),
        ("member-acme", "DELETE", "/v1/tenants/acme", 403),
    ]
    assert entries[2]["reason"] == "your role does not cover this"
    assert operator.get("/v1/audit/chain").json() == {"holds": True, "first_broken": None}
    own = world.client("administrator", "acme").get("/v1/audit").json()["items"]
    assert {entry["tenant"] for entry in own} == {"acme"}
