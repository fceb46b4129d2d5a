"""What begins a transaction, as a context manager or decorator."""

from __future__ import annotations

from strangler_analyzers.resolve.values import Made, Value

_KINDS = {
    "atomic": "atomic",
    "commit_on_success": "atomic",
    "in_transaction": "atomic",
    "db_session": "session",
    "begin_nested": "savepoint",
    "savepoint": "savepoint",
    "begin": "session",
    "transaction": "atomic",
}
_MAKERS = ("sessionmaker", "async_sessionmaker", "scoped_session")


def kind_of(value: Value) -> str | None:
    """``atomic``, ``session``, ``savepoint``, or None if ``value`` begins no transaction."""
    name = value.dotted
    if name.startswith("<"):
        return None
    tail = name.rpartition(".")[2]
    if tail in _KINDS and _is_of_database(name):
        return _KINDS[tail]
    if isinstance(value, Made) and (
        tail in ("Session", "AsyncSession") and name.startswith(("sqlalchemy", "sqlmodel"))
    ):
        return "session"
    return "session" if _is_session_of_maker(value) else None


def _is_session_of_maker(value: Value) -> bool:
    """``with maker() as session`` where ``maker = sessionmaker(…)``."""
    inner = value.callee if isinstance(value, Made) else None
    return isinstance(inner, Made) and inner.callee.dotted.rpartition(".")[2] in _MAKERS


_DATABASES = (
    "django.db",
    "sqlalchemy",
    "sqlmodel",
    "peewee",
    "tortoise",
    "pony",
    "flask_sqlalchemy",
    "psycopg",
    "asyncpg",
)


def _is_of_database(name: str) -> bool:
    return name.startswith(_DATABASES) or ".session." in name.lower() or "database" in name.lower()
