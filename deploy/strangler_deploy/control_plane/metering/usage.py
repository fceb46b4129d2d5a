"""What a tenant has used, by day or summed up over a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from strangler_deploy.control_plane.store.tables import usage_days, usage_events

Use = Mapping[tuple[str, str], int]


def by_day(connection: Connection, tenant: str, first: str, last: str) -> Sequence[Mapping[Any, Any]]:
    """The sums of each day from ``first`` to ``last`` (both included, ``YYYY-MM-DD``)."""
    days = usage_days.c
    query = select(days.day, days.service, days.metric, days.quantity, days.events)
    query = query.where(days.tenant == tenant, days.day >= first, days.day <= last)
    return connection.execute(query.order_by(days.day, days.service, days.metric)).mappings().all()


def in_month(connection: Connection, tenant: str, month: str) -> dict[tuple[str, str], int]:
    """(service, metric) → what was used in a month (``YYYY-MM``)."""
    return _summed(connection, usage_days, tenant, month)


def in_month_by_events(connection: Connection, tenant: str, month: str, through: int) -> dict[tuple[str, str], int]:
    """The same, counted anew from the events up to one of them: what an invoice is proved with."""
    return _summed(connection, usage_events, tenant, month, through)


def _summed(
    connection: Connection, table: Table, tenant: str, month: str, through: int | None = None
) -> dict[tuple[str, str], int]:
    c = table.c
    query = select(c.service, c.metric, func.sum(c.quantity)).where(c.tenant == tenant)
    query = query.where(c.day >= f"{month}-01", c.day <= f"{month}-31").group_by(c.service, c.metric)
    if through is not None:
        query = query.where(c.seq <= through)
    return {(service, metric): int(quantity) for service, metric, quantity in connection.execute(query)}
