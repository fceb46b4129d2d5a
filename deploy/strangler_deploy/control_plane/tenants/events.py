"""Tells what happened, in the SaaS Builder Toolkit's words, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from strangler_deploy.control_plane.store.store import timestamp
from strangler_deploy.control_plane.store.tables import events


def tell(connection: Connection, kind: str, tenant: str, detail: Mapping[str, Any], now: datetime) -> None:
    """Write one event down."""
    row = {"type": kind, "tenant": tenant, "detail": dict(detail), "at": timestamp(now)}
    connection.execute(insert(events).values(row))


def told(connection: Connection, *, after: int, tenant: str | None, limit: int) -> Sequence[Mapping[Any, Any]]:
    """The events after one, oldest first; of one tenant, or of all."""
    query = select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)
    if tenant is not None:
        query = query.where(events.c.tenant == tenant)
    return connection.execute(query).mappings().all()
