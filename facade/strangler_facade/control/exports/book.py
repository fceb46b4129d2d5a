"""What tenants have used, on disk until the SaaS control plane has it: each count in one event, told until taken.

Counts grow per day until they are cut into events, which never change again; so that a control plane that is away for
long costs a row per tenant, service and day, and no more.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from strangler_facade.channel import UsageMessage
from strangler_facade.control.store import StoreError

MONOLITH = "monolith"
_TENANT = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_FORGOTTEN = timedelta(days=30)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS lives (life TEXT PRIMARY KEY, number INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counts (
    day TEXT NOT NULL, tenant TEXT NOT NULL, service TEXT NOT NULL, quantity INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (day, tenant, service));
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, service TEXT NOT NULL, quantity INTEGER NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS book (source TEXT NOT NULL);
"""
_ADD = """
INSERT INTO counts VALUES (?, ?, ?, ?, ?) ON CONFLICT (day, tenant, service)
DO UPDATE SET quantity = quantity + excluded.quantity, at = excluded.at
"""


@dataclass(frozen=True, slots=True)
class Event:
    """So many requests of a tenant for a service; ``at`` is when the last of them was written down."""

    id: int
    tenant: str
    service: str
    quantity: int
    at: str


class Book:
    """One SQLite file; whoever copies it copies its name, so it must not be copied to a second facade."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            StoreError: it cannot be read or written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
            self.source = self._name()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{path} cannot be used: {error}", hint="is the disk full?") from error

    def _name(self) -> str:
        """What tells our events from other facades'."""
        with self._change() as db:
            if db.execute("SELECT count(*) FROM book").fetchone() == (0,):
                db.execute("INSERT INTO book VALUES (?)", (f"facade-{uuid.uuid4().hex[:16]}",))
        return str(self._db.execute("SELECT source FROM book").fetchone()[0])

    def take(self, message: UsageMessage, now: datetime) -> None:
        """Write a worker's batch down; one that is written already changes nothing.

        Raises:
            StoreError: it could not be written, and has to be sent again.
        """
        life, number, at = message["life"], message["number"], _text(now)
        with self._change() as db:
            known = db.execute("SELECT number FROM lives WHERE life = ?", (life,)).fetchone()
            if known is not None and number <= known[0]:
                return
            rows = [
                (at[:10], tenant, service or MONOLITH, count, at)
                for tenant, service, count in message["counts"]
                if _TENANT.fullmatch(tenant)
            ]
            db.executemany(_ADD, rows)
            db.execute("INSERT OR REPLACE INTO lives VALUES (?, ?, ?)", (life, number, at))
            db.execute("DELETE FROM lives WHERE at < ?", (_text(now - _FORGOTTEN),))

    def events(self, limit: int) -> list[Event]:
        """The oldest events; if there is none, what was counted until now becomes some.

        Raises:
            StoreError: the disk does not take them.
        """
        with self._change() as db:
            if db.execute("SELECT count(*) FROM events").fetchone() == (0,):
                db.execute(
                    "INSERT INTO events (tenant, service, quantity, at)"
                    " SELECT tenant, service, quantity, at FROM counts ORDER BY day, tenant, service"
                )
                db.execute("DELETE FROM counts")
            rows = db.execute("SELECT id, tenant, service, quantity, at FROM events ORDER BY id LIMIT ?", (limit,))
            return [Event(*row) for row in rows]

    def told(self, events: Sequence[Event]) -> None:
        """The control plane has these.

        Raises:
            StoreError: the disk does not take that; they will be told again.
        """
        with self._change() as db:
            db.executemany("DELETE FROM events WHERE id = ?", [(event.id,) for event in events])

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise StoreError(f"usage cannot be written down: {error}", hint="is the disk full?") from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
