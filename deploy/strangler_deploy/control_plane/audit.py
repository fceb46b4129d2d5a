"""Who asked for what, and what was answered: a chain in which nothing can be changed or left out unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from strangler_deploy.control_plane.store.store import serialise, timestamp
from strangler_deploy.control_plane.store.tables import audit

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its answer; ``reason`` is why it was refused."""

    actor: str
    tenant: str
    method: str
    path: str
    status: int
    reason: str = ""


def record(connection: Connection, entry: Entry, now: datetime) -> None:
    """Write one entry, chained to the one before it."""
    serialise(connection, audit)
    previous = connection.scalar(select(audit.c.digest).order_by(audit.c.id.desc()).limit(1)) or ""
    row = {"at": timestamp(now), **asdict(entry), "previous": previous}
    connection.execute(insert(audit).values(**row, digest=_digest(row)))


def _digest(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def first_broken(connection: Connection) -> int | None:
    """The first entry that was changed, or whose predecessor is gone; None if the chain holds."""
    previous, after = "", 0
    while (
        rows := connection.execute(select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(_BATCH))
        .mappings()
        .all()
    ):
        for row in rows:
            content = {name: row[name] for name in row if name not in ("id", "digest")}
            if row["previous"] != previous or row["digest"] != _digest(content):
                return int(row["id"])
            previous, after = row["digest"], row["id"]
    return None
