"""Lends a connection with uncommitted work, and what a test has replaced, to the service for the time of one call.

The monolith's thread, which waits for the answer, carries everything out itself, so that the connection never leaves
its thread. What the service begins and commits becomes a savepoint inside the transaction that is open here.
"""

from __future__ import annotations

import re
import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .doubles import Held
from .wire import Wire, new_token

_BEGINNING = ("BEGIN", "START TRANSACTION")
_SETTING = re.compile(r"\s*PRAGMA\s+\w+\s*=", re.IGNORECASE)


class Broker:
    """Listens on the loopback interface; ``run`` serves what is asked until the call has returned.

    ``connections`` are the connections that are lent, by the name under which the service knows them ("" where there is
    only one): anything with a ``cursor`` method. Objects of a class that is not known there stay here.
    """

    def __init__(
        self, connections: Mapping[str, Any], is_known_there: Callable[[type], bool] = lambda cls: True
    ) -> None:
        self._connections = connections
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._token = new_token()
        self._savepoints: dict[tuple[int, str], str] = {}
        self._counter = 0
        self.held = Held(is_known_there)
        self.wrote = False

    @property
    def address(self) -> str:
        """Where the service connects to, and what it shows."""
        return f"{self._listener.getsockname()[1]}:{self._token}"

    @property
    def lends(self) -> bool:
        """Whether it lends a connection, and not only calls doubles back."""
        return bool(self._connections)

    def run(self, call: Callable[[], Any]) -> Any:
        """Make ``call`` in a thread of its own and serve what is asked meanwhile in this one."""
        wake, done = socket.socketpair()
        outcome: list[tuple[bool, Any]] = []
        thread = threading.Thread(target=_keep, args=(call, outcome, done), daemon=True)
        thread.start()
        self._serve(wake)
        thread.join()
        wake.close()
        done.close()
        succeeded, value = outcome[0]
        if not succeeded:
            raise value
        return value

    def close(self) -> None:
        """Lend no more."""
        self._listener.close()

    def _serve(self, wake: socket.socket) -> None:
        wires: dict[socket.socket, Wire] = {}
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            selector.register(self._listener, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    ready: Any = key.fileobj
                    if ready is wake:
                        self._close(wires)
                        return
                    if ready is self._listener:
                        self._accept(selector, wires)
                    elif not self._answer(ready.fileno(), wires[ready]):
                        selector.unregister(ready)
                        self._end_all(ready.fileno())
                        wires.pop(ready).close()

    def _accept(self, selector: selectors.BaseSelector, wires: dict[socket.socket, Wire]) -> None:
        accepted, _ = self._listener.accept()
        wire = Wire(accepted)
        if not wire.shows(self._token):
            wire.close()
            return
        selector.register(accepted, selectors.EVENT_READ)
        wires[accepted] = wire

    def _close(self, wires: dict[socket.socket, Wire]) -> None:
        for opened, wire in wires.items():
            self._end_all(opened.fileno())
            wire.close()

    def _answer(self, number: int, wire: Wire) -> bool:
        data = wire.receive()
        if data is None:
            return False
        try:
            answer = {"result": self._carry_out(number, self.held.loads(data))}
        except BaseException as error:  # a test double may raise anything
            answer = {"error": error}
        wire.send(self.held.dumps(answer))
        return True

    def _carry_out(self, number: int, request: dict[str, Any]) -> Any:
        if request["do"] == "double":
            return self.held.carry_out(request)
        place = (number, request["alias"])
        if request["do"] == "commit":
            return self._end(place, "RELEASE")
        if request["do"] == "rollback":
            return self._end(place, "ROLLBACK TO")
        if request["do"] in ("look", "tell"):
            return self._ask(place[1], request)
        return self._run(place, request)

    def _ask(self, alias: str, request: dict[str, Any]) -> Any:
        """What the driver's connection has under a name, or gives when that is called."""
        found = getattr(self._connections[alias], request["name"])
        if request["do"] == "tell":
            return found(*request["args"], **request["kwargs"])
        return {"callable": callable(found), "value": None if callable(found) else found}

    def _run(self, place: tuple[int, str], request: dict[str, Any]) -> Any:
        statement = request["statement"]
        if statement.lstrip().upper().startswith(_BEGINNING):
            return self._begin(place)
        if _SETTING.match(statement):
            return None  # the monolith has set its connection up, and cannot again inside a transaction
        if request["implicit"]:
            self._begin(place)
        cursor = self._connections[place[1]].cursor()
        try:
            run = cursor.executemany if request["do"] == "many" else cursor.execute
            run(statement, *([request["parameters"]] if request["parameters"] is not None else []))
            return self._result(cursor)
        finally:
            cursor.close()

    def _result(self, cursor: Any) -> dict[str, Any]:
        description = cursor.description
        rows = [tuple(row) for row in cursor.fetchall()] if description else []
        self.wrote = self.wrote or not description
        columns = [[item if _is_plain(item) else None for item in column] for column in description or []]
        last = getattr(cursor, "lastrowid", None)
        return {"description": columns, "rows": rows, "lastrowid": last, "rowcount": cursor.rowcount}

    def _begin(self, place: tuple[int, str]) -> None:
        if place not in self._savepoints:
            self._counter += 1
            name = f"strangler_{self._counter}"
            self._execute(place[1], f"SAVEPOINT {name}")
            self._savepoints[place] = name

    def _end_all(self, number: int) -> None:
        """A connection of the service's has gone: what it did not commit is undone."""
        for place in [place for place in self._savepoints if place[0] == number]:
            self._end(place, "ROLLBACK TO")

    def _end(self, place: tuple[int, str], how: str) -> None:
        name = self._savepoints.pop(place, None)
        if name is not None:
            self._execute(place[1], f"{how} {name}")
            if how != "RELEASE":
                self._execute(place[1], f"RELEASE {name}")

    def _execute(self, alias: str, statement: str) -> None:
        cursor = self._connections[alias].cursor()
        cursor.execute(statement)
        cursor.close()


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int))


def _keep(call: Callable[[], Any], outcome: list[tuple[bool, Any]], done: socket.socket) -> None:
    try:
        outcome.append((True, call()))
    except BaseException as error:
        outcome.append((False, error))
    done.sendall(b"!")
