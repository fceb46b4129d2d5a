"""Follows the monolith's database connections, to tell which store a call must use and whether work is uncommitted."""

from __future__ import annotations

import gc
import sys
import threading
from typing import Any, Dict, List

from . import django_stores

_SELECTING = ("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "SHOW", "BEGIN DEFERRED", "WITH")


class _Local(threading.local):
    def __init__(self) -> None:
        self.open: dict[int, Any] = {}
        self.dirty: dict[int, bool] = {}
        self.sessions: list[Any] = []
        self.last: Any = None


_here = _Local()
_last_engine: list[Any] = []
_watching = False


def watch() -> None:
    """Begin to follow SQLAlchemy's connections and sessions, if the application uses it."""
    global _watching
    if _watching or "sqlalchemy" not in sys.modules:
        return
    _watching = True
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    event.listen(Engine, "begin", _begun)
    event.listen(Engine, "commit", _ended)
    event.listen(Engine, "rollback", _ended)
    event.listen(Engine, "after_cursor_execute", _executed)
    if "sqlalchemy.orm" in sys.modules:
        from sqlalchemy.orm import Session

        event.listen(Session, "after_begin", _session_begun)


def watch_when_loaded() -> None:
    """Begin as soon as the application has loaded SQLAlchemy."""
    from .loading import AfterLoading

    AfterLoading({"sqlalchemy.orm": lambda module: watch()}).install()


def _begun(connection: Any) -> None:
    _here.open[id(connection)] = connection
    _here.dirty[id(connection)] = False
    _note(connection)


def _ended(connection: Any) -> None:
    _here.open.pop(id(connection), None)
    _here.dirty.pop(id(connection), None)


def _executed(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    _note(connection)
    if not statement.lstrip().upper().startswith(_SELECTING):
        _here.dirty[id(connection)] = True


def _note(connection: Any) -> None:
    _here.last = connection
    _last_engine[:] = [connection.engine]


def _session_begun(session: Any, transaction: Any, connection: Any) -> None:
    if not any(known is session for known in _here.sessions):
        _here.sessions.append(session)


def flush() -> None:
    """Send what sessions of this thread hold back, as a local query would have."""
    for session in list(_here.sessions):
        if session.is_active and (session.new or session.dirty or session.deleted):
            session.flush()


def expire() -> None:
    """Let sessions of this thread read again what the service may have written in their transaction."""
    for session in list(_here.sessions):
        if session.is_active and getattr(session.get_bind().dialect, "is_async", False):
            _read_again(session)
        elif session.is_active:
            session.expire_all()


def _read_again(session: Any) -> None:
    """Read the columns of what a session has: one for asyncio cannot when an attribute is asked for."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import InvalidRequestError

    for thing in list(session.identity_map.values()):
        state = inspect(thing)
        loaded = [name for column in state.mapper.column_attrs if (name := column.key) in state.dict]
        try:
            session.refresh(thing, loaded or None)
        except InvalidRequestError:  # its row is gone
            session.expunge(thing)


def uncommitted() -> Any | None:
    """The DBAPI connection of this thread that has work in progress which no other connection can see, or None."""
    for key, connection in reversed(list(_here.open.items())):
        if connection.closed or not connection.in_transaction():
            _ended(connection)
        elif _here.dirty.get(key) or _is_in_memory(connection.engine):
            return connection.connection.dbapi_connection
    return None


def in_memory() -> Any | None:
    """A DBAPI connection to the store this process uses, if that store is in this process's memory alone."""
    for engine in _last_engine:
        if _is_in_memory(engine):
            return engine.raw_connection().dbapi_connection
    return None


def _is_in_memory(engine: Any) -> bool:
    return engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:")


def lendable() -> Dict[str, Any]:
    """What must be lent for a call: connections with work in progress, or to a store in this process's memory alone."""
    connection = uncommitted() or in_memory()
    return {**django_stores.lendable(), **({"": connection} if connection is not None else {})}


def address() -> Dict[str, Any]:
    """Where the stores of this process are, for one who connects by himself."""
    return {"url": url(), "django": django_stores.addresses()}


def url() -> str:
    """The address of the store this process used last, or else of the only one it could use; '' if there is none."""
    for engine in _last_engine or _unused_engines():
        return str(engine.url.render_as_string(hide_password=False))
    return ""


def _unused_engines() -> List[Any]:
    """The engine of a process that has not connected yet; two may be anything."""
    if "sqlalchemy.engine" not in sys.modules:
        return []
    kind = sys.modules["sqlalchemy.engine"].Engine
    found = [thing for thing in gc.get_objects() if type(thing) is kind]
    return found if len(found) == 1 else []
