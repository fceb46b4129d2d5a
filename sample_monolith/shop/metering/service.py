"""Recording and reading usage. Arguments and results are plain values throughout."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, literal, select, union_all

from shop import clock
from shop.db import session, transaction
from shop.errors import ValidationFailed
from shop.metering import meters, quotas
from shop.metering.models import UsageEvent, UsageRollup

MAX_BATCH = 500
MAX_QUANTITY = 1_000_000_000
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class RecordedUsage:
    id: int
    meter: str
    quantity: int
    occurred_at: datetime
    event_id: str | None
    duplicate: bool


@dataclass(frozen=True)
class BatchResult:
    accepted: int
    duplicates: int


@dataclass(frozen=True)
class MeterUsage:
    meter: str
    quantity: int
    events: int


@dataclass(frozen=True)
class DailyUsage:
    day: date
    meter: str
    quantity: int
    events: int


def record_usage(
    tenant_id: int,
    account_id: int,
    meter: str,
    quantity: int,
    occurred_at: datetime | None = None,
    event_id: str | None = None,
) -> RecordedUsage:
    """Write one event. One whose event_id is known already is not written again."""
    _check(meter, quantity, occurred_at)
    with transaction():
        known = _find_event(tenant_id, event_id)
        if known is not None:
            return _recorded(known, duplicate=True)
        quotas.refuse_over_hard_limit(tenant_id, account_id, {meter: quantity})
        event = _add_event(tenant_id, account_id, meter, quantity, occurred_at, event_id)
        session.flush()
        return _recorded(event, duplicate=False)


def record_batch(tenant_id: int, account_id: int, events: list[dict]) -> BatchResult:
    """Write many events or none. Each is a dict with the arguments of `record_usage`."""
    if not 1 <= len(events) <= MAX_BATCH:
        raise ValidationFailed(f"A batch has 1 to {MAX_BATCH} events.", field="events")
    for event in events:
        _check(event["meter"], event["quantity"], event.get("occurred_at"))
    accepted = 0
    with transaction():
        wanted: dict[str, int] = {}
        fresh = []
        seen = _known_ids(tenant_id, [event.get("event_id") for event in events])
        for event in events:
            event_id = event.get("event_id")
            if event_id is not None:
                if event_id in seen:
                    continue
                seen.add(event_id)
            fresh.append(event)
            wanted[event["meter"]] = wanted.get(event["meter"], 0) + event["quantity"]
        quotas.refuse_over_hard_limit(tenant_id, account_id, wanted)
        for event in fresh:
            _add_event(
                tenant_id,
                account_id,
                event["meter"],
                event["quantity"],
                event.get("occurred_at"),
                event.get("event_id"),
            )
            accepted += 1
        session.flush()
    return BatchResult(accepted=accepted, duplicates=len(events) - accepted)


def _check(meter, quantity, occurred_at):
    if meter not in meters.METERS:
        raise ValidationFailed(f"There is no meter {meter!r}.", field="meter")
    if not 1 <= quantity <= MAX_QUANTITY:
        raise ValidationFailed(f"quantity must be from 1 to {MAX_QUANTITY}.", field="quantity")
    if occurred_at is not None and occurred_at > clock.now() + CLOCK_SKEW:
        raise ValidationFailed("Usage cannot lie in the future.", field="occurred_at")


def _find_event(tenant_id, event_id):
    if event_id is None:
        return None
    return session.scalar(
        select(UsageEvent).where(UsageEvent.tenant_id == tenant_id, UsageEvent.event_id == event_id)
    )


def _known_ids(tenant_id, event_ids) -> set[str]:
    """Those of `event_ids` that have been recorded before."""
    given = [event_id for event_id in event_ids if event_id is not None]
    return set(
        session.scalars(
            select(UsageEvent.event_id).where(
                UsageEvent.tenant_id == tenant_id, UsageEvent.event_id.in_(given)
            )
        )
    )


def _add_event(tenant_id, account_id, meter, quantity, occurred_at, event_id):
    now = clock.now()
    occurred_at = occurred_at or now
    event = UsageEvent(
        tenant_id=tenant_id,
        account_id=account_id,
        meter=meter,
        quantity=quantity,
        occurred_at=occurred_at,
        occurred_on=occurred_at.date(),
        event_id=event_id,
        rolled_up=False,
        recorded_at=now,
    )
    session.add(event)
    return event


def _recorded(event: UsageEvent, duplicate: bool) -> RecordedUsage:
    return RecordedUsage(
        id=event.id,
        meter=event.meter,
        quantity=event.quantity,
        occurred_at=event.occurred_at,
        event_id=event.event_id,
        duplicate=duplicate,
    )


def _usage(tenant_id: int, start: date, end: date):
    """Rollups and not yet rolled up events of [start, end), in one statement so that an
    event which is being rolled up meanwhile is counted exactly once."""
    rolled = select(
        UsageRollup.account_id, UsageRollup.meter, UsageRollup.day,
        UsageRollup.quantity, UsageRollup.events,
    ).where(
        UsageRollup.tenant_id == tenant_id, UsageRollup.day >= start, UsageRollup.day < end
    )  # fmt: skip
    waiting = select(
        UsageEvent.account_id, UsageEvent.meter, UsageEvent.occurred_on.label("day"),
        UsageEvent.quantity, literal(1).label("events"),
    ).where(
        UsageEvent.tenant_id == tenant_id,
        UsageEvent.rolled_up.is_(False),
        UsageEvent.occurred_on >= start,
        UsageEvent.occurred_on < end,
    )  # fmt: skip
    return union_all(rolled, waiting).subquery("usage")


def usage_between(tenant_id: int, account_id: int, meter: str, start: date, end: date) -> int:
    """How much of one meter an account used in [start, end)."""
    usage = _usage(tenant_id, start, end)
    total = session.scalar(
        select(func.sum(usage.c.quantity)).where(
            usage.c.account_id == account_id, usage.c.meter == meter
        )
    )
    return int(total or 0)


def usage_summary(tenant_id: int, account_id: int, start: date, end: date) -> list[MeterUsage]:
    """Each meter's use in [start, end); meters without any are there with 0."""
    usage = _usage(tenant_id, start, end)
    rows = session.execute(
        select(usage.c.meter, func.sum(usage.c.quantity), func.sum(usage.c.events))
        .where(usage.c.account_id == account_id)
        .group_by(usage.c.meter)
    )
    found = {
        meter: MeterUsage(meter, int(quantity), int(events)) for meter, quantity, events in rows
    }
    return [found.get(meter, MeterUsage(meter, 0, 0)) for meter in meters.METERS]


def daily_usage(
    tenant_id: int, account_id: int, meter: str, start: date, end: date
) -> list[DailyUsage]:
    usage = _usage(tenant_id, start, end)
    rows = session.execute(
        select(usage.c.day, func.sum(usage.c.quantity), func.sum(usage.c.events))
        .where(usage.c.account_id == account_id, usage.c.meter == meter)
        .group_by(usage.c.day)
        .order_by(usage.c.day)
    )
    return [DailyUsage(day, meter, int(quantity), int(events)) for day, quantity, events in rows]


def tenant_usage(tenant_id: int, start: date, end: date) -> list[MeterUsage]:
    """Each meter's use by all accounts of a tenant."""
    usage = _usage(tenant_id, start, end)
    rows = session.execute(
        select(usage.c.meter, func.sum(usage.c.quantity), func.sum(usage.c.events))
        .group_by(usage.c.meter)
        .order_by(usage.c.meter)
    )
    return [MeterUsage(meter, int(quantity), int(events)) for meter, quantity, events in rows]
