"""Takes usage events in: any order, any number of times, each counts once.

A batch is one JSON parameter that the database takes apart itself; row by row it would be several times slower.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, text


class Event(Protocol):
    """One thing that was used; ``quantity`` is in whole units, (source, id) is what it is told apart by."""

    source: str
    id: str
    tenant: str
    service: str
    metric: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch; ``conflicts`` are ids that were used before for something else, and do not count."""

    accepted: int
    duplicates: int
    conflicts: tuple[str, ...]


_COLUMNS = "source, id, tenant, service, metric, day, quantity"

# The newest sequence number tells new rows from old ones: SQLite has one writer at a time.
_SQLITE_INSERT = f"""
INSERT INTO usage_events ({_COLUMNS})
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6 FROM json_each(:batch) WHERE true
ON CONFLICT (source, id) DO NOTHING
"""
_SQLITE_SUM = """
INSERT INTO usage_days (tenant, day, service, metric, quantity, events)
SELECT tenant, day, service, metric, SUM(quantity), COUNT(*) FROM usage_events WHERE seq > :newest
GROUP BY tenant, day, service, metric
ON CONFLICT (tenant, day, service, metric)
DO UPDATE SET quantity = quantity + excluded.quantity, events = events + excluded.events
"""

# Rows go in in one order, so that two batches with the same days wait for each other instead of dying together.
_POSTGRESQL = f"""
WITH new AS (
  INSERT INTO usage_events ({_COLUMNS})
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, (value->>6)::bigint
  FROM json_array_elements(CAST(:batch AS json)) ORDER BY 1, 2
  ON CONFLICT (source, id) DO NOTHING
  RETURNING tenant, day, service, metric, quantity
), summed AS (
  INSERT INTO usage_days (tenant, day, service, metric, quantity, events)
  SELECT tenant, day, service, metric, SUM(quantity), COUNT(*) FROM new
  GROUP BY tenant, day, service, metric ORDER BY tenant, day, service, metric
  ON CONFLICT (tenant, day, service, metric)
  DO UPDATE SET quantity = usage_days.quantity + excluded.quantity, events = usage_days.events + excluded.events
)
SELECT COUNT(*) FROM new
"""

_DIFFERENT = """
SELECT DISTINCT told.value->>1 FROM {elements} AS told JOIN usage_events AS kept
ON kept.source = told.value->>0 AND kept.id = told.value->>1
WHERE kept.tenant <> told.value->>2 OR kept.service <> told.value->>3 OR kept.metric <> told.value->>4
OR kept.day <> told.value->>5 OR kept.quantity <> {quantity} ORDER BY 1
"""


def ingest(connection: Connection, events: Sequence[Event]) -> Taken:
    """Count what of a batch was not counted before."""
    batch = {"batch": json.dumps([_row(event) for event in events])}
    is_sqlite = connection.dialect.name == "sqlite"
    accepted = _into_sqlite(connection, batch) if is_sqlite else int(connection.scalar(text(_POSTGRESQL), batch) or 0)
    if accepted == len(events):
        return Taken(accepted, 0, ())
    elements = "json_each(:batch)" if is_sqlite else "json_array_elements(CAST(:batch AS json))"
    quantity = "told.value->>6" if is_sqlite else "(told.value->>6)::bigint"
    query = text(_DIFFERENT.format(elements=elements, quantity=quantity))
    conflicts = tuple(str(name) for name in connection.scalars(query, batch))
    return Taken(accepted, len(events) - accepted - len(conflicts), conflicts)


def _into_sqlite(connection: Connection, batch: Mapping[str, Any]) -> int:
    newest = connection.scalar(text("SELECT COALESCE(MAX(seq), 0) FROM usage_events"))
    accepted = connection.execute(text(_SQLITE_INSERT), batch).rowcount
    if accepted:
        connection.execute(text(_SQLITE_SUM), {"newest": newest})
    return accepted


def _row(event: Event) -> list[str | int]:
    day = event.at.astimezone(UTC).date().isoformat()
    return [event.source, event.id, event.tenant, event.service, event.metric, day, event.quantity]
