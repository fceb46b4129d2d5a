"""Lends a connection with uncommitted work to the service, over a socket, for the time of one call.

The monolith's thread, which waits for the answer, carries out the statements itself, so that the connection never
leaves its thread. What the service begins and commits becomes a savepoint inside the transaction that is open here.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import threading
from collections.abc import Callable
from typing import Any

_BEGINNING = ("BEGIN", "START TRANSACTION")
_SETTING = re.compile(r"\s*PRAGMA\s+\w+\s*=", re.IGNORECASE)


class Broker:
    """Listens on the loopback interface; ``run`` serves statements until the call has returned."""

    def __init__(self, connection: Any, codec: Any) -> None:
        self._connection = connection
        self._codec = codec
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._savepoints: dict[int, str] = {}
        self._counter = 0
        self.wrote = False

    @property
    def port(self) -> int:
        """Where the service connects to."""
        return int(self._listener.getsockname()[1])

    def run(self, call: Callable[[], Any]) -> Any:
        """Make ``call`` in a thread of its own and serve its statements in this one."""
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
        streams: dict[socket.socket, Any] = {}
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            selector.register(self._listener, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    ready: Any = key.fileobj
                    if ready is wake:
                        self._close(streams)
                        return
                    if ready is self._listener:
                        accepted, _ = self._listener.accept()
                        selector.register(accepted, selectors.EVENT_READ)
                        streams[accepted] = accepted.makefile("rwb")
                    elif not self._answer(ready.fileno(), streams[ready]):
                        selector.unregister(ready)
                        self._end(ready.fileno(), "ROLLBACK TO")
                        streams.pop(ready).close()
                        ready.close()

    def _close(self, streams: dict[socket.socket, Any]) -> None:
        for opened, stream in streams.items():
            self._end(opened.fileno(), "ROLLBACK TO")
            stream.close()
            opened.close()

    def _answer(self, number: int, stream: Any) -> bool:
        line = stream.readline()
        if not line:
            return False
        request = self._codec.loads(line)
        try:
            answer = {"result": self._carry_out(number, request)}
        except Exception as error:
            answer = {"error": [type(error).__module__, type(error).__qualname__, [str(arg) for arg in error.args]]}
        stream.write(self._codec.dumps(answer) + b"\n")
        stream.flush()
        return True

    def _carry_out(self, number: int, request: dict[str, Any]) -> Any:
        if request["do"] == "commit":
            return self._end(number, "RELEASE")
        if request["do"] == "rollback":
            return self._end(number, "ROLLBACK TO")
        statement = request["statement"]
        if statement.lstrip().upper().startswith(_BEGINNING):
            return self._begin(number)
        if _SETTING.match(statement):
            return None  # the monolith has set its connection up, and cannot again inside a transaction
        self._begin(number)
        cursor = self._connection.cursor()
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

    def _begin(self, number: int) -> None:
        if number not in self._savepoints:
            self._counter += 1
            name = f"strangler_{self._counter}"
            self._execute(f"SAVEPOINT {name}")
            self._savepoints[number] = name

    def _end(self, number: int, how: str) -> None:
        name = self._savepoints.pop(number, None)
        if name is not None:
            self._execute(f"{how} {name}")
            if how != "RELEASE":
                self._execute(f"RELEASE {name}")

    def _execute(self, statement: str) -> None:
        cursor = self._connection.cursor()
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


class LentConnection:
    """The service's side: a DBAPI connection whose statements run in the monolith."""

    def __init__(self, port: int, codec: Any, dbapi: Any) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._stream = self._socket.makefile("rwb")
        self._codec = codec
        self._dbapi = dbapi
        self.isolation_level = None
        self.autocommit = False

    def ask(self, **request: Any) -> Any:
        """Have something done, and give its result or raise the error it met as the driver would have."""
        self._stream.write(self._codec.dumps(request) + b"\n")
        self._stream.flush()
        answer = self._codec.loads(self._stream.readline() or json.dumps({"error": ["", "Lost", []]}).encode())
        if "error" in answer:
            _, name, args = answer["error"]
            raise getattr(self._dbapi, name, self._dbapi.OperationalError)(*args)
        return answer["result"]

    def cursor(self, *_: Any, **__: Any) -> LentCursor:
        return LentCursor(self)

    def execute(self, statement: str, parameters: Any = None) -> LentCursor:
        return self.cursor().execute(statement, parameters)

    def commit(self) -> None:
        self.ask(do="commit")

    def rollback(self) -> None:
        self.ask(do="rollback")

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def create_function(self, *_: Any, **__: Any) -> None:
        """The monolith's own connection has its functions."""

    def create_collation(self, *_: Any) -> None:
        """As with functions."""


class LentCursor:
    """A cursor of a lent connection; rows are fetched with the statement."""

    arraysize = 1

    def __init__(self, connection: LentConnection) -> None:
        self.connection = connection
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: Any = None
        self._rows: list[Any] = []

    def execute(self, statement: str, parameters: Any = None) -> LentCursor:
        return self._run("one", statement, parameters)

    def executemany(self, statement: str, parameters: Any) -> LentCursor:
        return self._run("many", statement, list(parameters))

    def _run(self, how: str, statement: str, parameters: Any) -> LentCursor:
        result = self.connection.ask(do=how, statement=statement, parameters=parameters) or {}
        self.description = [tuple(column) for column in result.get("description", ())] or None
        self.rowcount, self.lastrowid = result.get("rowcount", -1), result.get("lastrowid")
        self._rows = list(result.get("rows", ()))
        return self

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken

    def __iter__(self) -> Any:
        return iter(self.fetchall())

    def setinputsizes(self, *_: Any) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        self._rows = []
