"""The one database everybody shares: engine, session, transactions.

SQLite runs in WAL mode. A write transaction starts with BEGIN IMMEDIATE, so writers
queue for the lock at their start and never fail half way because their snapshot is old.
"""

import logging
import threading
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import timezone

from sqlalchemy import DateTime, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, scoped_session, sessionmaker
from sqlalchemy.pool import StaticPool

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 15_000

_write_intent: ContextVar[bool] = ContextVar("shop_write_intent", default=False)

session = scoped_session(sessionmaker(autoflush=True))

# SQLite makes writers of other processes wait by polling. Those of this process queue here
# first, which is fair and faster.
_writers = threading.Lock()


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator):
    """Kept as naive UTC, handed out as aware UTC, the same on SQLite and PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to the database")
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value, dialect):
        return None if value is None else value.replace(tzinfo=timezone.utc)


def make_engine(url: str):
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    if url in ("sqlite://", "sqlite:///:memory:"):
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(url, pool_size=20, max_overflow=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection, _record) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _write_intent.get() else "BEGIN")


def init_engine(url: str):
    """Point the shared session at `url`."""
    engine = make_engine(url)
    session.remove()
    session.configure(bind=engine)
    return engine


def end_read() -> None:
    """Let go of the snapshot (and lock) before something slow, unless in a transaction."""
    if not session.info.get("depth"):
        session.rollback()


@contextmanager
def transaction():
    """Join the transaction in progress, or open one and commit it at the end.

    Only the outermost block commits. Objects read before it are expired, so they are
    read again under the lock.
    """
    current = session()
    info = current.info
    if info.get("depth"):
        info["depth"] += 1
        try:
            yield current
        finally:
            info["depth"] -= 1
        return

    current.commit()
    info["depth"] = 1
    info["after_commit"] = []
    try:
        with _turn(current):
            try:
                _begin_write(current)
                yield current
                current.commit()
            except BaseException:
                current.rollback()
                info["after_commit"] = []
                raise
    finally:
        info["depth"] = 0
    _run_after_commit(info.pop("after_commit"))


def _turn(current):
    return _writers if current.get_bind().dialect.name == "sqlite" else nullcontext()


def _begin_write(current) -> None:
    token = _write_intent.set(True)
    try:
        current.connection()
    finally:
        _write_intent.reset(token)


def insert(model):
    """An INSERT of the store's own dialect, for ON CONFLICT."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def on_commit(call) -> None:
    """Run `call` once the outermost transaction has been committed (now, if there is none)."""
    if session.info.get("depth"):
        session.info["after_commit"].append(call)
    else:
        call()


def _run_after_commit(calls) -> None:
    for call in calls:
        try:
            call()
        except Exception:  # the commit stands; a reconciling job repairs what is missing
            log.exception("after-commit call failed")
