from __future__ import annotations

import asyncio
import sqlite3
import sys
import types
from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

from strangler_scaffolds.probes import asgi
from strangler_scaffolds.probes.broker import Broker
from strangler_scaffolds.probes.doubles import Replaced
from strangler_scaffolds.probes.far import standing_in
from strangler_scaffolds.probes.lent import LentConnection

SOURCE = """
from fastapi import Depends, FastAPI

TASK = object()
app = FastAPI()


def sender():
    return print


async def later():
    return print


@app.get("/")
def root(send=Depends(sender)):
    return {"sent": send("a task", 1)}
"""


@pytest.fixture
def module() -> Iterator[Any]:
    made: Any = types.ModuleType("shop_api")
    sys.modules["shop_api"] = made
    exec(SOURCE, vars(made))
    yield made
    del sys.modules["shop_api"]


def test_an_application_is_known_by_the_module_that_makes_it(module: Any) -> None:
    assert asgi.name_of(module.app, ["never.loaded", "shop_api"]) == "shop_api:app"
    assert asgi.name_of(FastAPI(), ["shop_api"]) == ""


def test_replaced_dependencies_go_over_as_values_or_as_doubles(module: Any) -> None:
    app, double = FastAPI(), MagicMock()

    def one() -> int:
        return 1

    def other() -> object:
        return object()

    app.dependency_overrides = {one: lambda: 2, module.sender: lambda: double, module.later: lambda: double}
    app.dependency_overrides[other] = lambda: object()
    found = asgi.overrides(app)
    assert [value["value"] for value in found.values] == [2]
    names = [("shop_api", "", name, double, "dependency") for name in ("sender", "later")]
    assert found.doubles == [Replaced(*name) for name in names]
    assert [name.rpartition(".")[2] for name in found.stuck] == ["other"]


async def _asked(app: Any) -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        return (await client.get("/")).json()


def test_a_double_in_the_place_of_a_dependency_is_called_in_the_tests_process(module: Any) -> None:
    double = MagicMock(return_value="done")
    broker = Broker({})
    told = [["shop_api", "", "sender", "dependency", broker.held.number(double)]]

    def work() -> Any:
        with standing_in(told, broker.address, module.app):
            return asyncio.run(_asked(module.app))

    assert broker.run(work) == {"sent": "done"}
    broker.close()
    double.assert_called_once_with("a task", 1)
    assert broker.held.was_asked(double)
    assert module.app.dependency_overrides == {}


def test_what_a_module_keeps_is_the_other_process_own(module: Any) -> None:
    double = MagicMock(return_value=None)
    broker = Broker({})

    def work() -> Any:
        with standing_in([["shop_api", "", "print", "plain", broker.held.number(double)]], broker.address):
            return module.print(module.TASK)

    broker.run(work)
    broker.close()
    double.assert_called_once_with(module.TASK)


@pytest.mark.parametrize("is_within", [True, False])
def test_what_a_double_gives_can_be_awaited_there(module: Any, is_within: bool) -> None:
    if is_within:
        pytest.importorskip("greenlet")

    async def refreshed(token: str) -> str:
        if is_within:
            await asyncio.sleep(0)
        return token + "2"

    double = MagicMock()
    double.refresh = AsyncMock(side_effect=refreshed)
    broker = Broker({})
    told = [["shop_api", "", "print", "plain", broker.held.number(double)]]

    async def asked() -> Any:
        return await module.print.refresh("a")

    def work() -> Any:
        with standing_in(told, broker.address):
            return asyncio.run(asked())

    if is_within:
        assert asyncio.run(greenlet_spawn(broker.run, work)) == "a2"
    else:
        assert broker.run(work) == "a2"
    broker.close()
    double.refresh.assert_awaited_once_with("a")


class Adapted:
    """A connection as an engine for asyncio has it: what it does is awaited, in the task that it belongs to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def cursor(self) -> Any:
        found = self._connection.cursor()
        adapted = types.SimpleNamespace(fetchall=found.fetchall, close=found.close)

        def execute(*args: Any) -> None:
            await_only(asyncio.sleep(0))
            found.execute(*args)
            adapted.description, adapted.rowcount = found.description, found.rowcount

        adapted.execute = execute
        return adapted


def test_a_connection_for_asyncio_is_lent_from_within_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("greenlet")  # which SQLAlchemy asks for only where there is an engine for asyncio
    monkeypatch.setitem(sys.modules, "sqlalchemy.ext.asyncio", types.ModuleType("loaded"))
    store = sqlite3.connect(":memory:", isolation_level=None)
    store.execute("BEGIN")
    store.execute("CREATE TABLE t (n INTEGER)")
    broker = Broker({"": Adapted(store)})

    def work() -> list[Any]:
        lent = LentConnection(broker.address, sqlite3)
        lent.execute("INSERT INTO t VALUES (1)")
        lent.commit()
        rows = lent.execute("SELECT n FROM t").fetchall()
        lent.terminate()
        return rows

    assert asyncio.run(asgi._beside_the_loop(lambda: broker.run(work))) == [(1,)]
    broker.close()
    assert broker.wrote
