from datetime import date
from decimal import Decimal

from sqlalchemy import select

from shop import clock, tenancy
from shop.db import session, transaction
from shop.metering import service as metering
from shop.money import round_cents
from shop.reporting import queries
from shop.reporting.models import RevenueSnapshot

AGES = ((0, "not_due"), (30, "to_30_days"), (60, "to_60_days"), (90, "to_90_days"))


def revenue_by_month(tenant_id: int) -> list[dict]:
    return queries.rows(queries.REVENUE_BY_MONTH, tenant_id=tenant_id)


def recurring_revenue(tenant_id: int) -> tuple[int, int]:
    """Monthly recurring revenue in cents, and the number of subscriptions behind it."""
    cents, subscriptions = Decimal(0), 0
    for row in queries.rows(queries.RECURRING_REVENUE, tenant_id=tenant_id):
        cents += Decimal(row["period_cents"]) / row["months"]
        subscriptions += row["subscriptions"]
    return round_cents(cents), subscriptions


def receivables(tenant_id: int) -> dict:
    """What is owed, by how long it has been due."""
    buckets = {name: 0 for _, name in AGES} | {"older": 0}
    invoices = queries.rows(queries.OPEN_INVOICES, tenant_id=tenant_id)
    for invoice in invoices:
        due_on = invoice["due_on"]
        # SQLite hands dates out of plain SQL as text.
        due_on = clock.parse_day(due_on) if isinstance(due_on, str) else due_on
        invoice["due_on"] = due_on.isoformat()
        late = (clock.today() - due_on).days
        bucket = next((name for days, name in AGES if late <= days), "older")
        buckets[bucket] += invoice["due_cents"]
    return {"buckets": buckets, "invoices": invoices, "total_cents": sum(buckets.values())}


def customers(tenant_id: int, limit: int = 20) -> list[dict]:
    return queries.rows(queries.CUSTOMERS, tenant_id=tenant_id, limit=limit)


def plan_sales(tenant_id: int) -> list[dict]:
    return queries.rows(queries.PLAN_SALES, tenant_id=tenant_id)


def usage(tenant_id: int, start: date, end: date) -> list[dict]:
    return [
        {"meter": m.meter, "quantity": m.quantity, "events": m.events}
        for m in metering.tenant_usage(tenant_id, start, end)
    ]


def take_snapshot(tenant_id: int) -> RevenueSnapshot:
    """Today's figure; taken again on the same day it replaces the earlier one."""
    mrr_cents, subscriptions = recurring_revenue(tenant_id)
    today = clock.today()
    with transaction():
        snapshot = session.scalar(
            select(RevenueSnapshot).where(
                RevenueSnapshot.tenant_id == tenant_id, RevenueSnapshot.day == today
            )
        )
        if snapshot is None:
            tenant = session.get(tenancy.Tenant, tenant_id)
            snapshot = RevenueSnapshot(tenant_id=tenant_id, day=today, currency=tenant.currency)
            session.add(snapshot)
        snapshot.mrr_cents = mrr_cents
        snapshot.subscriptions = subscriptions
        snapshot.taken_at = clock.now()
        session.flush()
    return snapshot


def snapshots(tenant_id: int, limit: int = 90) -> list[RevenueSnapshot]:
    return list(
        session.scalars(
            select(RevenueSnapshot)
            .where(RevenueSnapshot.tenant_id == tenant_id)
            .order_by(RevenueSnapshot.day.desc())
            .limit(limit)
        )
    )
