"""The service's side of a lent connection: a DBAPI connection whose statements run in the monolith."""

from __future__ import annotations

from typing import Any

from . import wire
from .wire import Wire


class LentConnection:
    """One connection of the broker's at ``address``; ``alias`` says which.

    ``implicit`` is whether a statement begins a transaction by itself, as the DBAPI has it; None leaves that to the
    attribute ``autocommit``.
    """

    def __init__(self, address: str, dbapi: Any, *, alias: str = "", implicit: bool | None = True) -> None:
        self._wire = Wire.to(address)
        self._dbapi = dbapi
        self._alias = alias
        self._implicit = implicit
        self.isolation_level = None
        self.autocommit = False

    def ask(self, **request: Any) -> Any:
        """Have something done, and give its result or raise the error it met as the driver would have."""
        implicit = not self.autocommit if self._implicit is None else self._implicit
        self._wire.send(wire.dumps({"alias": self._alias, "implicit": implicit, **request}))
        data = self._wire.receive()
        if data is None:
            raise self._dbapi.OperationalError("the connection is lent no longer")
        answer = wire.loads(data)
        if "error" in answer:
            raise answer["error"]
        return answer["result"]

    def __getattr__(self, name: str) -> Any:
        """Anything else that a driver's connection has: asked for there, methods as well."""
        if name.startswith("_"):
            raise AttributeError(name)
        found = self.ask(do="look", name=name)
        if not found["callable"]:
            return found["value"]
        return lambda *args, **kwargs: self.ask(do="tell", name=name, args=args, kwargs=kwargs)

    def cursor(self, *_: Any, **__: Any) -> LentCursor:
        return LentCursor(self)

    def execute(self, statement: str, parameters: Any = None) -> LentCursor:
        return self.cursor().execute(statement, parameters)

    def commit(self) -> None:
        self.ask(do="commit")

    def rollback(self) -> None:
        self.ask(do="rollback")

    def close(self) -> None:
        self._wire.close()

    def terminate(self) -> None:
        """As an engine for asyncio has it closed."""
        self._wire.close()

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
