from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from strangler.errors import StranglerError
from strangler.model import Stage
from strangler.plan import Plan, loads
from strangler_facade.control.controller import Author, Controller, Outdated, Unknown
from strangler_facade.control.stages import IllegalMove, Position
from strangler_facade.control.store import Store, StoreError

ADA = Author("ada", "a test")


def plan(*, upstream: str = "http://127.0.0.1:8101", routes: str = "/api/**", store: str = "shared") -> Plan:
    return loads(f"""
version: 1
monolith: {{name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}}
services:
  billing: {{modules: [shop.billing], routes: ["{routes}"], upstream: "{upstream}", store: {store}}}
  orders: {{modules: [shop.orders], routes: ["/orders/**"]}}
""")


class FakePlane:
    """Remembers the tables it was given."""

    def __init__(self) -> None:
        self.tables: list[Mapping[str, Any]] = []

    async def apply(self, version: int, table: Mapping[str, Any]) -> None:
        self.tables.append(table)


def play(
    tmp_path: Path, story: Callable[[Controller, FakePlane], Awaitable[None]], page_limit: int | None = None
) -> None:
    """Run a story with a controller on the state in ``tmp_path``."""
    store, plane = Store(tmp_path / "state.sqlite3", page_limit=page_limit), FakePlane()
    try:
        controller = Controller(store, plan(), plane, clock=lambda: 1000.0)
        asyncio.run(story(controller, plane))  # type: ignore[arg-type]
    finally:
        store.close()


def test_a_shift_is_in_force_and_in_the_history_with_its_reason(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        await controller.mirror("billing", True, ADA)
        await controller.shift("billing", 25, Author("bob", "no differences"))
        route = plane.tables[-1]["routes"][0]
        assert route["split"]["shares"] == [{"target": "billing", "percent": 25.0}]
        assert route["mirror"]["target"] == "billing"
        (entry, *_) = controller.store.entries()
        assert (entry.actor, entry.reason, entry.action, entry.version) == ("bob", "no differences", "shift", 3)
        assert entry.detail["changes"]["positions.billing.weight"] == [0, 25]

    play(tmp_path, story)


def test_a_live_service_gets_everything_and_a_rollback_takes_it_back(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        await controller.mirror("billing", True, ADA)
        await controller.shift("billing", 100, ADA)
        assert plane.tables[-1]["routes"][0]["split"]["shares"] == [{"target": "billing", "percent": 100.0}]
        assert await controller.roll_back("billing", ADA) == Position(Stage.SHADOW, 0, True)
        assert plane.tables[-1]["routes"][0]["split"]["rest"] == "monolith"

    play(tmp_path, story)


def test_a_restart_stands_where_the_last_one_stood(tmp_path: Path) -> None:
    async def before(controller: Controller, plane: FakePlane) -> None:
        await controller.mirror("billing", True, ADA)
        await controller.shift("billing", 10, ADA)

    async def after(controller: Controller, plane: FakePlane) -> None:
        assert controller.position("billing") == Position(Stage.CANARY, 10, True)
        assert (controller.version, controller.revision("billing")) == (3, 3)

    play(tmp_path, before)
    play(tmp_path, after)


def test_a_change_of_the_plan_is_a_version_and_moves_nobody(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        await controller.mirror("billing", True, ADA)
        await controller.shift("billing", 10, ADA)
        assert not await controller.reload(plan())
        assert await controller.reload(plan(routes="/v2/**"))
        assert plane.tables[-1]["routes"][0]["match"]["paths"] == ["/v2/**"]
        assert controller.position("billing").weight == 10

    play(tmp_path, story)


def test_a_plan_that_strands_users_is_refused(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        await controller.mirror("billing", True, ADA)
        await controller.shift("billing", 10, ADA)
        without = loads('{version: 1, monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}}')
        with pytest.raises(StranglerError, match="serves 10 % of its users"):
            await controller.reload(without)
        assert controller.version == 3

    play(tmp_path, story)


def test_an_edit_of_somebody_who_saw_an_older_revision_is_refused(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        seen = controller.revision("billing")
        await controller.mirror("billing", True, Author("ada", "first", seen))
        with pytest.raises(Outdated, match="has changed since you looked"):
            await controller.shift("billing", 50, Author("bob", "second", seen))

    play(tmp_path, story)


def test_a_service_without_upstream_is_planned_and_not_routed(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        assert controller.stage("orders") is Stage.PLANNED
        assert [route["name"] for route in controller.table()["routes"]] == ["billing.0"]
        with pytest.raises(IllegalMove, match="no upstream"):
            await controller.mirror("orders", True, ADA)

    play(tmp_path, story)


def test_an_unknown_service_is_named_with_those_there_are(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        with pytest.raises(Unknown) as caught:
            await controller.shift("biling", 5, ADA)
        assert caught.value.hint == "it has: billing, orders"

    play(tmp_path, story)


def test_any_version_can_be_put_in_force_again_as_a_new_one(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        await controller.mirror("billing", True, ADA)
        await controller.shift("billing", 10, ADA)
        await controller.shift("billing", 60, ADA)
        assert await controller.restore(3, ADA) == 5
        assert controller.position("billing").weight == 10
        assert controller.store.entries()[0].detail["restored"] == 3
        with pytest.raises(Unknown, match="no version 99"):
            await controller.restore(99, ADA)

    play(tmp_path, story)


def test_what_people_have_verified_opens_the_way(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        await controller.reload(plan(store="own"))
        await controller.mirror("billing", True, ADA)
        with pytest.raises(IllegalMove, match="nobody has verified"):
            await controller.shift("billing", 1, ADA)
        await controller.attest("billing", {"backfill_verified": True}, Author("eve", "row counts and checksums agree"))
        assert (await controller.shift("billing", 1, ADA)).weight == 1

    play(tmp_path, story)


def test_a_full_disk_refuses_a_shift_but_never_holds_up_the_way_back(tmp_path: Path) -> None:
    async def fill(controller: Controller) -> None:
        weight = 10.0
        while True:
            weight = 10.0 if weight > 80 else weight + 0.5
            await controller.shift("billing", weight, Author("ada", "x" * 400))

    async def story(controller: Controller, plane: FakePlane) -> None:
        await controller.mirror("billing", True, ADA)
        with pytest.raises(StoreError):
            await fill(controller)
        kept = controller.version
        assert plane.tables[-1]["version"] == kept
        assert await controller.retreat("billing", Author("gate:error_excess", "half fails"), {}) == Position(
            Stage.SHADOW, 0, True
        )
        assert plane.tables[-1]["version"] == kept + 1
        assert "shares" not in plane.tables[-1]["routes"][0]["split"]
        assert controller.owed == 1
        assert not controller.settle()
        controller.store._db.execute("PRAGMA max_page_count = 100000")
        assert controller.settle()
        assert controller.owed == 0
        (entry, *_) = controller.store.entries()
        assert (entry.actor, entry.reason, entry.detail["written_late"]) == ("gate:error_excess", "half fails", True)
        assert entry.detail["changes"]["positions.billing.stage"] == ["canary", "shadow"]
        latest = controller.store.latest()
        assert latest is not None
        assert (latest.number, latest.routes) == (controller.version, controller.routes)

    play(tmp_path, story, page_limit=24)


def test_who_waits_for_a_change_is_told_at_once(tmp_path: Path) -> None:
    async def story(controller: Controller, plane: FakePlane) -> None:
        waiting = asyncio.create_task(controller.wait_beyond(controller.version, 30))
        await asyncio.sleep(0)
        await controller.mirror("billing", True, ADA)
        assert await waiting == 2
        assert await controller.wait_beyond(2, 0.0) == 2

    play(tmp_path, story)


def test_a_plan_without_the_monoliths_address_cannot_be_served(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    with pytest.raises(StranglerError, match="where the monolith answers"):
        Controller(store, loads("{version: 1, monolith: {name: shop, packages: [shop]}}"), FakePlane())
    store.close()
