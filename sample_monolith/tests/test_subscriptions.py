from datetime import date, timedelta

import pytest

from shop.errors import Conflict, NotFound
from shop.metering import service as metering
from shop.orders import service, subscriptions

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def team(world, card):
    service.place_and_pay(world.owner, [("team", 2)])
    return subscriptions.subscriptions_of(world.account_id)[0]


def test_period(team):
    assert (team.current_period_start, team.current_period_end) == (
        date(2025, 3, 10),
        date(2025, 4, 10),
    )


def test_upgrade_bills_the_difference(world, team, noon):
    noon.return_value += timedelta(days=21)  # 10 of 31 days are left
    _, invoice = subscriptions.change_plan(team.id, "business", world.account_id)
    credit, charge = (line.amount_cents for line in invoice.lines)
    assert (credit, charge) == (-645, 2000)
    assert invoice.subtotal_cents == 1355
    assert invoice.total_cents == 1355 + 257
    assert team.unit_price_cents == 3100


def test_downgrade_gives_credit_with_its_tax(world, card):
    service.place_and_pay(world.owner, [("business", 1)])
    subscription = subscriptions.subscriptions_of(world.account_id)[0]
    _, invoice = subscriptions.change_plan(subscription.id, "team", world.account_id)
    assert invoice is None
    assert world.account.credit_cents == 2100 + 399


def test_credit_is_used_on_the_next_invoice(world, card):
    service.place_and_pay(world.owner, [("business", 1)])
    subscription = subscriptions.subscriptions_of(world.account_id)[0]
    subscriptions.change_plan(subscription.id, "team", world.account_id)
    order = service.place_order(world.owner, [("team", 1)])
    assert order.status == "fulfilled"  # 11.90 were covered by 24.99 of credit
    assert world.account.credit_cents == 2499 - 1190


def test_interval_cannot_change_midway(world, team):
    with pytest.raises(Conflict):
        subscriptions.change_plan(team.id, "yearly", world.account_id)


def test_same_plan_is_no_change(world, team):
    with pytest.raises(Conflict):
        subscriptions.change_plan(team.id, "team", world.account_id)


def test_no_way_down_to_a_plan_that_is_used_up_already(world, team):
    metering.record_usage(world.tenant_id, world.account_id, "api_calls", 101)
    with pytest.raises(Conflict, match="the plan stops at 100"):
        subscriptions.change_plan(team.id, "free", world.account_id)


def test_cancel_and_resume(world, team):
    subscriptions.cancel_at_period_end(team.id, world.account_id)
    assert team.cancel_at_period_end and team.is_live
    subscriptions.resume(team.id, world.account_id)
    assert not team.cancel_at_period_end
    with pytest.raises(Conflict):
        subscriptions.resume(team.id, world.account_id)


def test_ended_subscriptions_lose_their_quota(world, team):
    subscriptions.end_now(team.id, reason="unpaid")
    assert team.ended_on == date(2025, 3, 10)
    assert subscriptions.expected_quotas(world.account_id) == {}
    with pytest.raises(Conflict):
        subscriptions.cancel_at_period_end(team.id, world.account_id)


def test_subscriptions_of_others_are_not_found(world, team):
    with pytest.raises(NotFound):
        subscriptions.change_plan(team.id, "business", world.other_account_id)


def test_oldest_subscription_carries_the_meter(world, team):
    service.place_and_pay(world.owner, [("business", 1)])
    assert subscriptions.carrier_of(world.account_id, "api_calls") == team.id
    assert subscriptions.carrier_of(world.account_id, "messages") is None
