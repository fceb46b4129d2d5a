"""Looks sessions up in the table that Django keeps them in; the one place of the bridge that does I/O."""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from typing import Any
from urllib.parse import urlsplit

from strangler.errors import StranglerError

_QUERY = "SELECT session_data, expire_date FROM django_session WHERE session_key = {}"
_PATIENCE_SECONDS = 0.25
_LONGEST_KEY = 64


class StoredSessions:
    """The ``django_session`` table behind a URL: ``sqlite:///PATH``, or ``postgresql://…`` where psycopg is there."""

    def __init__(self, url: str) -> None:
        """Check the URL; the connection is made when it is needed.

        Raises:
            StranglerError: no database of this kind can be read.
        """
        scheme = urlsplit(url).scheme.partition("+")[0]
        if scheme not in ("sqlite", "postgresql", "postgres"):
            raise StranglerError(
                f"sessions in a {scheme} database cannot be read", hint="sqlite:///PATH or postgresql://…"
            )
        self._url, self._is_sqlite = url, scheme == "sqlite"
        self._connection: Any = None

    def data(self, key: str, now: float) -> str | None:
        """The signed data of a session that has not expired; None otherwise, and while the database does not answer."""
        if not (key.isascii() and key.isalnum() and len(key) <= _LONGEST_KEY):
            return None
        try:
            row = self._row(key)
        except Exception:  # each driver has exceptions of its own; whatever it is, this user is anonymous for now
            self._let_go()
            return None
        if row is None or _seconds(row[1]) <= now:
            return None
        return str(row[0])

    def obstacle(self) -> str | None:
        """Look once, and let the connection go: why no session can be looked up, in a line; None if one could be."""
        try:
            self._row("nobody")
        except Exception as error:  # as above: each driver's own, or that the driver is missing
            return next(iter(str(error).strip().splitlines()), type(error).__name__)
        finally:
            self._let_go()
        return None

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):  # it is of no use any more, whatever it says
                connection.close()

    def _row(self, key: str) -> Any:
        if self._connection is None:
            self._connection = self._connect()
        mark = "?" if self._is_sqlite else "%s"
        return self._connection.execute(_QUERY.format(mark), (key,)).fetchone()

    def _connect(self) -> Any:
        if self._is_sqlite:
            path = self._url.partition("://")[2].removeprefix("/")
            return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=_PATIENCE_SECONDS)
        import psycopg

        options = f"-c statement_timeout={int(_PATIENCE_SECONDS * 1000)} -c default_transaction_read_only=on"
        return psycopg.connect(self._url, autocommit=True, connect_timeout=1, options=options)


def _seconds(expires: Any) -> float:
    """Django writes UTC; SQLite gives it back as text."""
    moment = datetime.datetime.fromisoformat(expires) if isinstance(expires, str) else expires
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return float(moment.timestamp())
