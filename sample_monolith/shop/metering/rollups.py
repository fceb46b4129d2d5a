"""Folding events into one row per account, meter and day."""

from sqlalchemy import func, select, update

from shop.db import insert, session, transaction
from shop.metering.models import UsageEvent, UsageRollup

BATCH = 1000


def roll_up(limit: int = BATCH) -> int:
    """Fold the oldest `limit` waiting events; returns how many there were."""
    with transaction():
        ids = list(
            session.scalars(
                select(UsageEvent.id)
                .where(UsageEvent.rolled_up.is_(False))
                .order_by(UsageEvent.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        )
        if not ids:
            return 0
        key = (
            UsageEvent.tenant_id,
            UsageEvent.account_id,
            UsageEvent.meter,
            UsageEvent.occurred_on,
        )
        sums = session.execute(
            select(*key, func.sum(UsageEvent.quantity), func.count())
            .where(UsageEvent.id.in_(ids))
            .group_by(*key)
        ).all()
        for tenant_id, account_id, meter, day, quantity, events in sums:
            _add_to_rollup(tenant_id, account_id, meter, day, int(quantity), events)
        session.execute(update(UsageEvent).where(UsageEvent.id.in_(ids)).values(rolled_up=True))
        return len(ids)


def _add_to_rollup(tenant_id, account_id, meter, day, quantity, events):
    statement = insert(UsageRollup).values(
        tenant_id=tenant_id,
        account_id=account_id,
        meter=meter,
        day=day,
        quantity=quantity,
        events=events,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "account_id", "meter", "day"],
            set_={
                "quantity": UsageRollup.quantity + statement.excluded.quantity,
                "events": UsageRollup.events + statement.excluded.events,
            },
        )
    )
