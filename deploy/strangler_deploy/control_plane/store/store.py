"""Transactions over SQLite or PostgreSQL: each is whole or has not been."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from strangler.errors import StranglerError, UpstreamError
from strangler_deploy.control_plane.store import tables
from strangler_deploy.control_plane.store.aws import sign_in_by_aws
from strangler_deploy.control_plane.store.migrate import migrate

_BUSY_SECONDS = 30


class StoreError(UpstreamError):
    """The database does not take or give what it should (gone, locked, disk full); nothing was written."""


def timestamp(moment: datetime) -> str:
    """A moment as the tables hold it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Store:
    """One database, brought to the newest schema.

    ``url`` is ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``; with the ``login`` ``aws-iam`` it has no
    password, and AWS vouches for each connection.
    """

    def __init__(self, url: str, login: str = "password") -> None:
        """Open and migrate.

        Raises:
            StranglerError: the URL is none, or names another kind of database.
            StoreError: the database cannot be reached.
        """
        self.engine = _engine(url)
        try:
            if login == "aws-iam":
                sign_in_by_aws(self.engine)
            with _translated():
                migrate(self.engine)
            self.instance = self._instance()
        except BaseException:  # what cannot be used is let go at once
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        """Whether there is one writer at a time anyway."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look."""
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One change, on disk when this ends, undone if it raises."""
        engine = self.engine.execution_options(strangler_write=True)
        with _translated(), engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _instance(self) -> str:
        """What tells this installation's requests from another's in the same repository."""
        with self.write() as connection:
            connection.execute(
                upsert(connection, tables.facts)
                .values(name="instance", value=uuid.uuid4().hex[:12])
                .on_conflict_do_nothing()
            )
            return str(connection.scalar(select(tables.facts.c.value).where(tables.facts.c.name == "instance")))


def add(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Insert one row; returns the number that it got."""
    key = connection.execute(insert(table).values(dict(values))).inserted_primary_key
    assert key is not None
    return int(key[0])


def upsert(connection: Connection, table: Table) -> Any:
    """An insert that can say what happens on a conflict, in the database's own words."""
    return pg_insert(table) if connection.dialect.name == "postgresql" else sqlite_insert(table)


def serialise(connection: Connection, table: Table) -> None:
    """Let no other writer of ``table`` in before this transaction ends; SQLite has but one writer."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def _engine(url: str) -> Engine:
    hint = "sqlite:///control-plane.db or postgresql://USER:PASSWORD@HOST/NAME"
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StranglerError("the database's address is no URL", hint=hint) from error
    if parsed.get_backend_name() == "postgresql":
        engine = create_engine(parsed.set(drivername="postgresql+pg8000"), pool_pre_ping=True, pool_size=20)
    elif parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        raise StranglerError(f"no database of kind '{parsed.get_backend_name()}' is supported", hint=hint)
    return engine


def _set_up_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver would say it too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: one that began as a reader could not wait for another writer.
    writes = connection.get_execution_options().get("strangler_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if _is_ours(error.orig):
            raise
        raise StoreError(f"the database fails: {error.orig}", hint="nothing was changed; ask again") from error
    except PoolTimeout as error:
        raise StoreError("the database has no free connection", hint="ask again") from error


def _is_ours(error: BaseException | None) -> bool:
    """Whether a statement of ours is to blame, and not the database's state.

    PostgreSQL says so by SQLSTATE (22: data, 23: constraints, 42: the statement itself), SQLite by the exception.
    """
    told = error.args[0] if error is not None and error.args else None
    if isinstance(told, Mapping):
        return str(told.get("C", ""))[:2] in ("22", "23", "42")
    return isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError)
