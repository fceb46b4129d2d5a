"""The control plane's memory: one SQLite file that survives a kill, a full disk and an old version of itself.

Every change is one transaction: the new version, the audit entry and the rollout's state are all there or none is.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from strangler.errors import StranglerError
from strangler_facade.control.routeset import RouteSet, from_json, to_json

_SCHEMA = """
CREATE TABLE versions (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, parent INTEGER, digest TEXT NOT NULL, plan TEXT NOT NULL,
    routes TEXT NOT NULL);
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, service TEXT,
    reason TEXT NOT NULL, version INTEGER, detail TEXT NOT NULL, chain TEXT NOT NULL);
CREATE TABLE documents (kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name));
CREATE TRIGGER versions_are_kept BEFORE DELETE ON versions BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
CREATE TRIGGER versions_stand BEFORE UPDATE ON versions BEGIN SELECT RAISE(ABORT, 'versions never change'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is kept'); END;
CREATE TRIGGER audit_stands BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log never changes'); END;
PRAGMA user_version = 1;
"""
_BALLAST_BYTES = 512 * 1024


class StoreError(StranglerError):
    """The state could not be written (most often: the disk is full), so the change did not happen."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log; ``at`` is seconds since the epoch, ``version`` what it made, if any."""

    at: float
    actor: str
    action: str
    reason: str
    service: str | None = None
    version: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable version; ``plan`` is the digest of the plan's rules that were last loaded when it was made."""

    number: int
    at: float
    parent: int | None
    digest: str
    plan: str
    routes: RouteSet


class Store:
    """The state file of one control plane; open it once, it takes the lock."""

    def __init__(self, path: Path, *, page_limit: int | None = None) -> None:
        """Open or make the file at ``path``; ``page_limit`` caps its size in pages of 4 KiB (for a quota).

        Raises:
            StoreError: it cannot be opened, another control plane has it, or a newer release wrote it.
        """
        self._path = path
        self._ballast = path.with_name(path.name + ".ballast")
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=2.0)
            try:
                self._open(page_limit)
            except BaseException:  # a file that is not ours to use is let go at once
                self._db.close()
                raise
        self.restore_ballast()

    def _open(self, page_limit: int | None) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        if page_limit:
            self._db.execute(f"PRAGMA max_page_count = {page_limit:d}")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._migrate()
        finally:
            self._db.execute("COMMIT")

    def _migrate(self) -> None:
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found > 1:
            raise StoreError(
                f"{self._path} was written by a newer strangler", hint="use that release, or another --state"
            )
        if found == 0:
            for statement in _statements(_SCHEMA):
                self._db.execute(statement)

    @property
    def path(self) -> Path:
        """The state file."""
        return self._path

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def restore_ballast(self) -> bool:
        """Set space aside that ``release_ballast`` can give back; False if there is none to set aside."""
        try:
            if not self._ballast.exists():
                self._ballast.write_bytes(b"\0" * _BALLAST_BYTES)
        except OSError:
            self._ballast.unlink(missing_ok=True)
            return False
        return True

    def release_ballast(self) -> None:
        """Free the space set aside, so that a change which must not wait can be written to a full disk."""
        self._ballast.unlink(missing_ok=True)

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction: everything put inside is kept if the block ends well, nothing otherwise.

        Raises:
            StoreError: it cannot be written.
        """
        with _translated(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def add_version(self, routes: RouteSet, *, at: float, plan: str, at_least: int = 0) -> int:
        """Append a version and return its number, the next one or ``at_least``; to be called inside ``change``."""
        body = json.dumps(to_json(routes), sort_keys=True)
        parent = self._one("SELECT max(number) FROM versions")
        number = max((parent or 0) + 1, at_least)
        digest = hashlib.sha256(body.encode()).hexdigest()
        row = (number, at, parent, digest, plan, body)
        self._db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?)", row)
        return number

    def add_entry(self, entry: Entry) -> int:
        """Append to the audit log, chained to the line before it by hash; to be called inside ``change``."""
        last = self._db.execute("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1").fetchone() or (0, "")
        detail = json.dumps(entry.detail, sort_keys=True)
        row = (last[0] + 1, entry.at, entry.actor, entry.action, entry.service, entry.reason, entry.version, detail)
        self._db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, _chain(last[1], row)))
        return row[0]

    def put_document(self, kind: str, name: str, body: Mapping[str, Any]) -> None:
        """Replace one small mutable document (a rollout, an attestation); to be called inside ``change``."""
        self._db.execute("REPLACE INTO documents VALUES (?, ?, ?)", (kind, name, json.dumps(body, sort_keys=True)))

    def documents(self, kind: str) -> dict[str, dict[str, Any]]:
        """All documents of a kind, by name."""
        rows = self._db.execute("SELECT name, body FROM documents WHERE kind = ? ORDER BY name", (kind,))
        return {name: json.loads(body) for name, body in rows}

    def latest(self) -> Version | None:
        """The version in force, None before the first."""
        number = self._one("SELECT max(number) FROM versions")
        return self.version(number) if number else None

    def version(self, number: int) -> Version | None:
        """One version, None if there is no such number."""
        row = self._db.execute("SELECT * FROM versions WHERE number = ?", (number,)).fetchone()
        if row is None:
            return None
        found, at, parent, digest, plan, body = row
        return Version(found, at, parent, digest, plan, from_json(json.loads(body)))

    def entries(self, *, service: str | None = None, before: int | None = None, limit: int = 100) -> list[Entry]:
        """The audit log's newest lines first, of one service if asked, older than ``before`` (a ``seq``)."""
        query = (
            "SELECT * FROM audit WHERE (:service IS NULL OR service = :service) AND (:before IS NULL OR seq < :before)"
        )
        asked = {"service": service, "before": before, "limit": limit}
        rows = self._db.execute(f"{query} ORDER BY seq DESC LIMIT :limit", asked)
        return [_entry(row) for row in rows]

    def broken_link(self) -> int | None:
        """The ``seq`` of the first audit line whose hash does not follow from the line before; None if all do."""
        chain = ""
        for row in self._db.execute("SELECT * FROM audit ORDER BY seq"):
            chain = _chain(chain, row[:8])
            if chain != row[8]:
                return int(row[0])
        return None

    def _one(self, query: str) -> int | None:
        value: int | None = self._db.execute(query).fetchone()[0]
        return value


def _statements(script: str) -> Iterator[str]:
    """The script's statements, one by one: ``executescript`` would end our transaction."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _chain(previous: str, row: tuple[Any, ...]) -> str:
    return hashlib.sha256(json.dumps([previous, *row]).encode()).hexdigest()


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, at, actor, action, service, reason, version, detail, chain = row
    return Entry(at, actor, action, reason, service, version, json.loads(detail), seq, chain)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"cannot write {path}: {error}", hint=_hint(error)) from error
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def _hint(error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return "another control plane runs with this --state"
    return "is the disk full? nothing was changed" if "full" in str(error) or "I/O" in str(error) else ""
