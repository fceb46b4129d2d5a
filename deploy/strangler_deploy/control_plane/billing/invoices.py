"""Invoices: one per tenant and month, written once, provable from the events they were rated from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, insert, select

from strangler.errors import StranglerError
from strangler_deploy.control_plane.billing.prices import PriceList
from strangler_deploy.control_plane.billing.rate import Line, rate, total
from strangler_deploy.control_plane.identity.caller import Hidden
from strangler_deploy.control_plane.metering.usage import in_month, in_month_by_events
from strangler_deploy.control_plane.store.store import add, serialise, timestamp
from strangler_deploy.control_plane.store.tables import events, invoices, price_lists, tenants, usage_events
from strangler_deploy.control_plane.tenants.events import tell
from strangler_deploy.control_plane.tenants.requests import Conflict, tenant_row
from strangler_deploy.control_plane.tenants.stages import EVENTS, Kind, Standing

_LEAVING = EVENTS[Kind.OFFBOARD][0]
_NEVER_BILLED = (Standing.ONBOARDING, Standing.REFUSED)


class NoPrices(StranglerError):
    """There is no such price list."""


def put_prices(connection: Connection, name: str, prices: PriceList, now: datetime) -> int:
    """Make this the newest version of a price list; versions that invoices were made with stay as they are."""
    serialise(connection, price_lists)
    version = (newest_version(connection, name) or 0) + 1
    row = {"id": name, "version": version, "content": prices.model_dump(mode="json"), "created": timestamp(now)}
    connection.execute(insert(price_lists).values(row))
    return version


def newest_version(connection: Connection, name: str) -> int | None:
    """The newest version of a price list; None if there is none."""
    version: int | None = connection.scalar(select(func.max(price_lists.c.version)).where(price_lists.c.id == name))
    return version


def prices_of(connection: Connection, name: str, version: int | None = None) -> tuple[int, PriceList]:
    """A price list in one version, or in its newest.

    Raises:
        NoPrices: there is none.
    """
    query = select(price_lists).where(price_lists.c.id == name).order_by(price_lists.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(price_lists.c.version == version)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NoPrices(f"there is no price list '{name}'", hint="make it: PUT /v1/price-lists/NAME")
    return int(row["version"]), PriceList.model_validate(row["content"])


def bill(connection: Connection, month: str, now: datetime) -> tuple[list[int], int]:
    """Write the invoices of a month that has ended; returns the new ones' ids, and how many there were already.

    Raises:
        Conflict: the month has not ended.
        NoPrices: a tenant has a price list that does not exist.
    """
    if now.astimezone(UTC).date() < _after(month):
        raise Conflict(f"{month} has not ended yet", hint="use that is still to come could not be billed")
    serialise(connection, invoices)
    serialise(connection, usage_events)
    through = int(connection.scalar(select(func.coalesce(func.max(usage_events.c.seq), 0))) or 0)
    made, there = [], 0
    for tenant in connection.execute(_billable(month)).mappings().all():
        if _invoiced(connection, tenant["id"], month):
            there += 1
        elif (number := _write(connection, tenant, month, through, now)) is not None:
            made.append(number)
    return made, there


def expected(connection: Connection, tenant: str, month: str) -> tuple[PriceList, list[Line]]:
    """What a tenant's invoice of a month would say by now; nothing is written.

    Raises:
        Hidden: there is no such tenant.
    """
    row = tenant_row(connection, tenant)
    _, prices = prices_of(connection, row["price_list"])
    through = int(connection.scalar(select(func.coalesce(func.max(usage_events.c.seq), 0))) or 0)
    return prices, _lines(connection, row, prices, month, through)


def _after(month: str) -> date:
    """The first day after a month."""
    year, number = (int(part) for part in month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1)


def _billable(month: str) -> Any:
    was_there = tenants.c.created < timestamp(datetime.combine(_after(month), datetime.min.time(), UTC))
    return select(tenants).where(was_there, tenants.c.standing.not_in(_NEVER_BILLED)).order_by(tenants.c.id)


def _invoiced(connection: Connection, tenant: str, month: str) -> bool:
    query = select(invoices.c.id).where(invoices.c.tenant == tenant, invoices.c.period == month)
    return connection.scalar(query) is not None


def _lines(
    connection: Connection, tenant: Mapping[Any, Any], prices: PriceList, month: str, through: int
) -> list[Line]:
    """The month itself, without the fee once the tenant has left, and what came late for earlier ones."""
    lines = rate(prices, in_month(connection, tenant["id"], month), month)
    if _left(connection, tenant) < month:
        lines = [line for line in lines if line.metric]
    return lines + _corrections(connection, tenant["id"], month, through)


def _left(connection: Connection, tenant: Mapping[Any, Any]) -> str:
    """The month in which a tenant asked to leave and did; after every month for one that is still there."""
    if tenant["standing"] != Standing.OFFBOARDED:
        return "9999-12"
    asked = select(func.max(events.c.at)).where(events.c.tenant == tenant["id"], events.c.type == _LEAVING)
    return str(connection.scalar(asked))[:7]


def _write(connection: Connection, tenant: Mapping[Any, Any], month: str, through: int, now: datetime) -> int | None:
    """The invoice's number; None if there is nothing to bill, as for one that has left."""
    version, prices = prices_of(connection, tenant["price_list"])
    lines = _lines(connection, tenant, prices, month, through)
    if not lines:
        return None
    row = {
        "tenant": tenant["id"],
        "period": month,
        "price_list": tenant["price_list"],
        "price_version": version,
        "currency": prices.currency,
        "lines": [line.data() for line in lines],
        "total": format(total(lines), "f"),
        "through": through,
        "created": timestamp(now),
    }
    number = add(connection, invoices, row)
    tell(connection, "billingSuccess", tenant["id"], {"invoice": number, "period": month, "total": row["total"]}, now)
    return number


def _corrections(connection: Connection, tenant: str, month: str, through: int) -> list[Line]:
    """What came in too late for the invoices of earlier months, at those months' prices."""
    earlier = invoices.c.tenant == tenant, invoices.c.period < month, invoices.c.through < through
    rows = connection.execute(select(invoices).where(*earlier).order_by(invoices.c.period)).mappings().all()
    lines = []
    for row in rows:
        _, prices = prices_of(connection, row["price_list"], row["price_version"])
        since = _corrected_through(connection, tenant, row)
        before = _priced(connection, prices, tenant, row["period"], since)
        for key, line in _priced(connection, prices, tenant, row["period"], through).items():
            known = before.get(key)
            quantity = line.quantity - (known.quantity if known else 0)
            amount = line.amount - (known.amount if known else Decimal(0))
            if quantity or amount:
                text = f"{line.text}, late for {row['period']}"
                lines.append(Line(text, row["period"], line.service, line.metric, quantity, amount))
    return lines


def _corrected_through(connection: Connection, tenant: str, invoice: Mapping[Any, Any]) -> int:
    """Up to which event a month was billed so far: by its own invoice, or by later ones that corrected it."""
    later = invoices.c.tenant == tenant, invoices.c.period >= invoice["period"]
    return int(connection.scalar(select(func.max(invoices.c.through)).where(*later)) or 0)


def _priced(
    connection: Connection, prices: PriceList, tenant: str, month: str, through: int
) -> dict[tuple[str, str], Line]:
    lines = rate(prices, in_month_by_events(connection, tenant, month, through), month)
    return {(line.service, line.metric): line for line in lines}


def reproduce(connection: Connection, invoice: Mapping[Any, Any]) -> bool:
    """Whether the month's own lines come out of the events again, to the last digit."""
    _, prices = prices_of(connection, invoice["price_list"], invoice["price_version"])
    used = in_month_by_events(connection, invoice["tenant"], invoice["period"], invoice["through"])
    has_fee = any(not line["metric"] and line["period"] == invoice["period"] for line in invoice["lines"])
    again = [line.data() for line in rate(prices, used, invoice["period"]) if line.metric or has_fee]
    own = [line for line in invoice["lines"] if line["period"] == invoice["period"]]
    exact = sum((Decimal(line["amount"]) for line in invoice["lines"]), Decimal(0))
    return again == own and exact == Decimal(invoice["total"])


def invoice_row(connection: Connection, number: int) -> Mapping[Any, Any]:
    """One invoice.

    Raises:
        Hidden: there is none.
    """
    row = connection.execute(select(invoices).where(invoices.c.id == number)).mappings().first()
    if row is None:
        raise Hidden(f"there is no invoice {number}")
    return row
