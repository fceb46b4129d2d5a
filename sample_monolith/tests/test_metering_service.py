from datetime import date, datetime, timedelta, timezone
from unittest.mock import patch

import pytest
from sqlalchemy import func, select

from shop import clock
from shop.db import session
from shop.errors import ValidationFailed
from shop.metering import quotas, rollups, service, tasks
from shop.metering.errors import QuotaExceeded
from shop.metering.models import UsageEvent, UsageQuota, UsageRollup

TENANT, ACCOUNT, OTHER = 1, 11, 12
MARCH = (date(2025, 3, 1), date(2025, 4, 1))

pytestmark = pytest.mark.usefixtures("rolled_back", "noon")


def record(quantity=1, meter="api_calls", account=ACCOUNT, **more):
    return service.record_usage(TENANT, account, meter, quantity, **more)


def used(meter="api_calls", account=ACCOUNT, period=MARCH):
    return service.usage_between(TENANT, account, meter, *period)


def test_recorded_usage_is_there_at_once():
    record(3)
    record(4)
    assert used() == 7


def test_accounts_and_meters_are_apart():
    record(3)
    record(5, meter="documents")
    record(7, account=OTHER)
    assert (used(), used("documents"), used(account=OTHER)) == (3, 5, 7)


def test_tenants_are_apart():
    record(3)
    assert service.usage_between(2, ACCOUNT, "api_calls", *MARCH) == 0


def test_same_event_id_counts_once():
    first = record(3, event_id="e1")
    second = record(3, event_id="e1")
    assert not first.duplicate and second.duplicate
    assert first.id == second.id
    assert used() == 3


@pytest.mark.parametrize("quantity", [0, -1, service.MAX_QUANTITY + 1])
def test_odd_quantities_are_refused(quantity):
    with pytest.raises(ValidationFailed):
        record(quantity)


def test_unknown_meter_is_refused():
    with pytest.raises(ValidationFailed):
        record(meter="heartbeats")


def test_future_is_refused():
    with pytest.raises(ValidationFailed):
        record(occurred_at=clock.now() + timedelta(hours=1))


def test_usage_counts_on_the_day_it_occurred():
    record(3, occurred_at=datetime(2025, 2, 28, 23, 59, tzinfo=timezone.utc))
    record(4, occurred_at=datetime(2025, 3, 1, 0, 0, tzinfo=timezone.utc))
    assert used() == 4


def test_batch_is_all_or_nothing():
    with pytest.raises(ValidationFailed):
        service.record_batch(
            TENANT, ACCOUNT, [{"meter": "api_calls", "quantity": 1}, {"meter": "?", "quantity": 1}]
        )
    assert used() == 0


def test_batch_drops_duplicates_within_and_before():
    record(1, event_id="old")
    result = service.record_batch(
        TENANT,
        ACCOUNT,
        [
            {"meter": "api_calls", "quantity": 1, "event_id": "old"},
            {"meter": "api_calls", "quantity": 2, "event_id": "new"},
            {"meter": "api_calls", "quantity": 2, "event_id": "new"},
            {"meter": "api_calls", "quantity": 4},
        ],
    )
    assert (result.accepted, result.duplicates) == (2, 2)
    assert used() == 7


@pytest.mark.parametrize("size", [0, service.MAX_BATCH + 1])
def test_batch_sizes(size):
    with pytest.raises(ValidationFailed):
        service.record_batch(TENANT, ACCOUNT, [{"meter": "api_calls", "quantity": 1}] * size)


def test_summary_has_every_meter():
    record(3)
    record(2)
    summary = {
        m.meter: (m.quantity, m.events) for m in service.usage_summary(TENANT, ACCOUNT, *MARCH)
    }
    assert summary["api_calls"] == (5, 2)
    assert summary["messages"] == (0, 0)


def test_rollup_changes_no_total():
    for quantity in (1, 2, 3):
        record(quantity)
    before = service.usage_summary(TENANT, ACCOUNT, *MARCH)
    assert rollups.roll_up() == 3
    record(10)
    assert used() == 16
    assert rollups.roll_up() == 1
    assert used() == 16
    assert before[0].events == 3


def test_rollup_makes_one_row_per_day():
    record(1)
    record(2)
    record(4, occurred_at=clock.now() - timedelta(days=1))
    rollups.roll_up()
    days = service.daily_usage(TENANT, ACCOUNT, "api_calls", *MARCH)
    assert [(d.day.day, d.quantity, d.events) for d in days] == [(9, 4, 1), (10, 3, 2)]
    assert session.scalar(select(func.count()).select_from(UsageRollup)) == 2


def test_late_events_are_added_to_their_day():
    record(1)
    rollups.roll_up()
    record(5)
    rollups.roll_up()
    row = session.scalars(select(UsageRollup)).one()
    assert (row.quantity, row.events) == (6, 2)


def test_rollup_task_works_through_batches():
    for _ in range(5):
        record(1)
    with (
        patch("shop.metering.rollups.BATCH", 2),
        patch("shop.metering.rollups.roll_up", side_effect=[2, 2, 1]) as roll_up,
    ):
        assert tasks.roll_up_pending() == 5
    assert roll_up.call_count == 3


def test_rollup_limit_takes_the_oldest():
    ids = [record(1).id for _ in range(3)]
    assert rollups.roll_up(limit=2) == 2
    waiting = session.scalars(select(UsageEvent.id).where(UsageEvent.rolled_up.is_(False))).all()
    assert waiting == ids[2:]


def test_tenant_usage_adds_accounts_up():
    record(3)
    record(4, account=OTHER)
    assert [(m.meter, m.quantity) for m in service.tenant_usage(TENANT, *MARCH)] == [
        ("api_calls", 7)
    ]


def test_quota_status_without_a_quota():
    record(3)
    status = quotas.quota_status(TENANT, ACCOUNT, "api_calls")
    assert (status.used, status.limit, status.remaining, status.exceeded) == (3, None, None, False)
    assert status.hard is False


def test_soft_quota_only_tells():
    quotas.set_quota(TENANT, ACCOUNT, "api_calls", 10)
    record(12)
    status = quotas.quota_status(TENANT, ACCOUNT, "api_calls")
    assert status.exceeded and status.remaining == 0


def test_hard_quota_refuses():
    quotas.set_quota(TENANT, ACCOUNT, "api_calls", 10, hard=True)
    record(9)
    with pytest.raises(QuotaExceeded) as refused:
        record(2)
    assert refused.value.extra["used"] == 9
    assert used() == 9
    record(1)


def test_hard_quota_refuses_a_whole_batch():
    quotas.set_quota(TENANT, ACCOUNT, "api_calls", 10, hard=True)
    with pytest.raises(QuotaExceeded):
        service.record_batch(TENANT, ACCOUNT, [{"meter": "api_calls", "quantity": 6}] * 2)
    assert used() == 0


def test_quota_counts_this_month_only():
    record(50, occurred_at=clock.now() - timedelta(days=15))
    assert quotas.quota_status(TENANT, ACCOUNT, "api_calls").used == 0


def test_quota_can_be_changed_and_cleared():
    quotas.set_quota(TENANT, ACCOUNT, "api_calls", 10)
    quotas.set_quota(TENANT, ACCOUNT, "api_calls", 20)
    quotas.set_quota(TENANT, ACCOUNT, "documents", 5)
    quotas.clear_quotas(TENANT, ACCOUNT, keep=["documents"])
    limits = {s.meter: s.limit for s in quotas.all_statuses(TENANT, ACCOUNT)}
    assert limits["api_calls"] is None and limits["documents"] == 5


@pytest.mark.parametrize("quantity, near", [(79, 0), (80, 1), (120, 1)])
def test_accounts_near_limit(quantity, near):
    quotas.set_quota(TENANT, ACCOUNT, "api_calls", 100)
    record(quantity)
    assert len(quotas.accounts_near_limit(TENANT, 80)) == near


def test_a_quota_says_when_it_was_set():
    quotas.set_quota(TENANT, ACCOUNT, "api_calls", 10)
    quota = session.scalars(select(UsageQuota)).one()
    assert quota.updated_at == clock.now()


def test_a_quota_needs_a_known_meter_and_a_limit():
    for meter, limit in (("nope", 1), ("api_calls", -1)):
        with pytest.raises(ValidationFailed):
            quotas.set_quota(TENANT, ACCOUNT, meter, limit)
