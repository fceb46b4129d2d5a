from __future__ import annotations

import http.client
import importlib
import json
import socket
import sqlite3
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from strangler_scaffolds.probes import doubles, forward, records
from strangler_scaffolds.probes.broker import Broker
from strangler_scaffolds.probes.lent import LentConnection
from strangler_scaffolds.probes.loading import AfterLoading
from strangler_scaffolds.probes.patched import Originals, applied, carried
from strangler_scaffolds.runtime.codec import Codec, class_finder

CODEC = Codec(class_finder([]))


@pytest.fixture
def module() -> Iterator[types.ModuleType]:
    made = types.ModuleType("probed")
    exec("LIMIT = 3\ndef now():\n    return 'then'\ndef double(x):\n    return 2 * x\n", vars(made))
    sys.modules["probed"] = made
    yield made
    del sys.modules["probed"]


def originals(module: types.ModuleType) -> Originals:
    taken = Originals([module.__name__, "never.loaded"])
    taken.take()
    return taken


def test_nothing_is_carried_while_nothing_is_replaced(module: types.ModuleType) -> None:
    assert carried(originals(module)) == ([], [], [])


def test_a_constant_and_a_clock_are_carried_as_values(module: types.ModuleType) -> None:
    taken = originals(module)
    vars(module).update(LIMIT=9, now=lambda: "noon")
    values, doubles, stuck = carried(taken)
    assert doubles == stuck == []
    vars(module).update(LIMIT=3, now=lambda: "then")
    with applied(values):
        assert (module.LIMIT, module.now()) == (9, "noon")
    assert (module.LIMIT, module.now()) == (3, "then")


def test_a_function_with_arguments_is_called_back(module: types.ModuleType) -> None:
    taken = originals(module)
    module.double = lambda x: 3 * x  # type: ignore[attr-defined]
    changes = carried(taken)
    assert ([double.ref for double in changes.doubles], changes.stuck) == (["probed:double"], [])


def test_a_replaced_method_or_async_function_makes_a_call_local() -> None:
    made = types.ModuleType("probed.classes")
    source = "class Parser:\n    def parse(self):\n        return 1\n\nasync def fetch(url):\n    return url\n"
    exec(source, vars(made))
    made.Parser.__module__ = made.__name__
    sys.modules["probed.classes"] = made
    try:
        taken = originals(made)
        assert carried(taken).stuck == []
        made.Parser.parse = lambda self: 2
        made.fetch = lambda url: None  # type: ignore[attr-defined]
        assert sorted(carried(taken).stuck) == ["probed.classes:Parser.parse", "probed.classes:fetch"]
    finally:
        del sys.modules["probed.classes"]


@pytest.fixture
def store() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (n INTEGER)")
    connection.execute("BEGIN")
    connection.execute("INSERT INTO t VALUES (1)")
    yield connection
    connection.close()


def numbers(connection: sqlite3.Connection) -> list[int]:
    return [n for (n,) in connection.execute("SELECT n FROM t ORDER BY n")]


def test_the_service_sees_uncommitted_rows_and_its_commit_stays_inside(store: sqlite3.Connection) -> None:
    broker = Broker({"": store})

    def work() -> list[tuple[int]]:
        lent = LentConnection(broker.address, sqlite3)
        lent.execute("BEGIN IMMEDIATE")
        lent.execute("INSERT INTO t VALUES (?)", (2,))
        rows: list[tuple[int]] = lent.execute("SELECT n FROM t ORDER BY n").fetchall()
        lent.commit()
        lent.close()
        return rows

    assert broker.run(work) == [(1,), (2,)]
    broker.close()
    assert broker.wrote
    assert numbers(store) == [1, 2]
    store.execute("ROLLBACK")
    assert numbers(store) == []


def test_what_the_service_rolls_back_leaves_the_rest(store: sqlite3.Connection) -> None:
    broker = Broker({"": store})

    def work() -> None:
        lent = LentConnection(broker.address, sqlite3)
        lent.execute("INSERT INTO t VALUES (2)")
        lent.rollback()
        lent.execute("INSERT INTO t VALUES (3)")
        lent.close()  # without a commit

    broker.run(work)
    broker.close()
    assert numbers(store) == [1]


def test_an_error_of_the_store_is_the_drivers_error(store: sqlite3.Connection) -> None:
    broker = Broker({"": store})

    def work() -> str:
        lent = LentConnection(broker.address, sqlite3)
        with pytest.raises(sqlite3.OperationalError, match="no such table") as caught:
            lent.execute("SELECT * FROM elsewhere")
        lent.close()
        return str(caught.value)

    assert "elsewhere" in broker.run(work)
    broker.close()


def test_what_the_call_raises_is_raised(store: sqlite3.Connection) -> None:
    broker = Broker({"": store})
    with pytest.raises(ZeroDivisionError):
        broker.run(lambda: 1 // 0)
    broker.close()


def test_a_module_is_seen_when_it_has_been_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "probed_later.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen: list[int] = []
    finder = AfterLoading({"probed_later": lambda module: seen.append(module.VALUE)})
    finder.install()
    try:
        importlib.import_module("probed_later")
    finally:
        sys.meta_path.remove(finder)
    assert seen == [1]


def test_records_name_the_test_they_were_made_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRANGLER_PROBE_OUT", str(tmp_path))
    monkeypatch.setattr(records, "current_test", "")
    records.begin_test("t1")
    records.write("call", ref="m:f")
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text()) == {"kind": "call", "ref": "m:f", "test": "t1"}


@pytest.mark.parametrize(
    ("answer", "length"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1547\r\n\r\n", "1547"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "2"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", None),
    ],
)
def test_an_answer_of_the_service_keeps_its_length(answer: bytes, length: str | None) -> None:
    """Also one to HEAD, whose length is that of a body it does not have."""
    near, far = socket.socketpair()
    with near, far:
        far.sendall(answer)
        response = http.client.HTTPResponse(near, method="HEAD" if length == "1547" else "GET")
        response.begin()
        headers = dict(forward.Answer(response).headers)
    assert headers.get("Content-Length") == length


def test_a_constant_that_mock_replaces_goes_over_as_the_value_it_is(module: types.ModuleType) -> None:
    taken = originals(module)
    doubles.watch_mocks()
    with patch("probed.LIMIT", 2):
        changes = carried(taken)
    assert changes.values == [{"module": "probed", "name": "LIMIT", "calls": False, "value": 2}]
    assert changes.doubles == []
    with patch("probed.LIMIT", (1, object())):
        assert carried(taken).values == []


def test_a_process_that_has_not_connected_yet_is_set_up_for_its_only_store() -> None:
    script = (
        "from strangler_scaffolds.probes import stores; import sqlalchemy as s; stores.watch(); print(stores.url());"
        " one = s.create_engine('sqlite:///a.db'); print(stores.url());"
        " two = s.create_engine('sqlite:///b.db'); print(stores.url())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["", "sqlite:///a.db", ""]


def test_only_a_broker_that_lends_a_connection_says_so() -> None:
    for connections, lends in (({}, False), ({"": sqlite3.connect(":memory:")}, True)):
        broker = Broker(connections)
        assert broker.lends is lends
        broker.close()
        for connection in connections.values():
            connection.close()
