from datetime import date, datetime, timedelta, timezone
from unittest.mock import patch

import pytest

from shop.billing import dunning, renewals, service, tasks
from shop.billing.errors import InvoiceClosed
from shop.billing.service import LineItem
from shop.errors import NotFound
from shop.metering import service as metering
from shop.money import Money
from shop.orders import service as orders
from shop.orders import subscriptions
from shop.payments import service as payments

pytestmark = pytest.mark.usefixtures("noon")


def item(cents, quantity=1):
    return LineItem.of("plan", "Something", quantity, Money(cents, "EUR"))


@pytest.fixture
def team(world, card):
    orders.place_and_pay(world.owner, [("team", 2)])
    return subscriptions.subscriptions_of(world.account_id)[0]


def test_invoices_add_up(world):
    invoice = service.issue(world.account, [item(333, 3), item(101)])
    assert sum(line.amount_cents for line in invoice.lines) == invoice.subtotal_cents == 1100
    assert invoice.tax_cents == 209
    assert invoice.total_cents == 1309
    assert invoice.due_on == date(2025, 3, 24)


def test_tax_is_rounded_once_per_invoice(world):
    invoice = service.issue(world.account, [item(3), item(3), item(3)])
    assert invoice.tax_cents == 2  # 1.71, and not three times 0.57 rounded up


def test_reverse_charge_is_noted(world):
    world.account.country, world.account.vat_id = "FR", "FR40303265045"
    invoice = service.issue(world.account, [item(1000)])
    assert invoice.tax_cents == 0 and "FR40303265045" in invoice.tax_note


def test_credit_is_used_first(world):
    service.give_credit(world.account, Money(500, "EUR"))
    invoice = service.issue(world.account, [item(1000)])
    assert invoice.due.cents == 690
    assert world.account.credit_cents == 0


def test_void_gives_credit_back(world):
    service.give_credit(world.account, Money(500, "EUR"))
    invoice = service.issue(world.account, [item(1000)])
    service.void(invoice.number)
    assert invoice.status == "void" and world.account.credit_cents == 500
    with pytest.raises(InvoiceClosed):
        service.void(invoice.number)


def test_balance(world):
    service.issue(world.account, [item(1000)])
    service.issue(world.account, [item(500)])
    assert service.balance_of(world.account_id) == Money(1190 + 595, "EUR")
    assert service.balance_of(world.other_account_id) == Money(0, "EUR")


def test_invoices_of_others_are_not_found(world):
    invoice = service.issue(world.account, [item(1000)])
    with pytest.raises(NotFound):
        service.get_invoice(invoice.number, world.other_account_id)


def test_nothing_is_renewed_early(world, team):
    assert renewals.renew(team.id) is None


def test_renewal_bills_and_collects_the_next_period(world, team, noon):
    noon.return_value = datetime(2025, 4, 10, 6, tzinfo=timezone.utc)
    assert tasks.renew_due() == 1
    invoice = service.invoices_of(world.account_id)[0]
    assert (invoice.status, invoice.subtotal_cents) == ("paid", 2000)
    assert (invoice.period_start, invoice.period_end) == (date(2025, 4, 10), date(2025, 5, 10))
    assert tasks.renew_due() == 0


def test_missed_periods_are_caught_up(world, team, noon):
    noon.return_value = datetime(2025, 6, 11, tzinfo=timezone.utc)
    assert tasks.renew_due() == 3
    assert team.current_period_end == date(2025, 7, 10)


def test_the_31st_stays_the_31st(world, card, noon):
    noon.return_value = datetime(2025, 1, 31, tzinfo=timezone.utc)
    orders.place_and_pay(world.owner, [("team", 1)])
    ends = []
    for day in (datetime(2025, 2, 28), datetime(2025, 3, 31), datetime(2025, 4, 30)):
        noon.return_value = day.replace(tzinfo=timezone.utc)
        tasks.renew_due()
        ends.append(subscriptions.subscriptions_of(world.account_id)[0].current_period_end)
    assert ends == [date(2025, 3, 31), date(2025, 4, 30), date(2025, 5, 31)]


def test_overage_is_billed_by_started_block(world, team, noon):
    metering.record_usage(world.tenant_id, world.account_id, "api_calls", 2101)
    noon.return_value = datetime(2025, 4, 10, tzinfo=timezone.utc)
    invoice = renewals.renew(team.id)
    usage = [line for line in invoice.lines if line.kind == "usage"]
    assert [(line.quantity, line.amount_cents) for line in usage] == [(2, 100)]
    assert invoice.subtotal_cents == 2000 + 100


def test_overage_is_billed_once_for_two_subscriptions(world, team, noon):
    orders.place_and_pay(world.owner, [("business", 1)])
    metering.record_usage(world.tenant_id, world.account_id, "api_calls", 7100)
    noon.return_value = datetime(2025, 4, 10, tzinfo=timezone.utc)
    tasks.renew_due()
    renewed = service.invoices_of(world.account_id)[:2]
    usage = [line for i in renewed for line in i.lines if line.kind == "usage"]
    assert [line.amount_cents for line in usage] == [50]  # 100 beyond 2 x 1000 + 5000


def test_billing_asks_metering_for_the_ending_period(world, team, noon):
    noon.return_value = datetime(2025, 4, 10, tzinfo=timezone.utc)
    with patch("shop.metering.service.usage_between", return_value=2500) as usage_between:
        invoice = renewals.renew(team.id)
    usage_between.assert_called_once_with(
        world.tenant_id, world.account_id, "api_calls", date(2025, 3, 10), date(2025, 4, 10)
    )
    assert invoice.lines[1].quantity == 5


def test_cancelled_subscription_ends_and_bills_only_usage(world, team, noon):
    subscriptions.cancel_at_period_end(team.id, world.account_id)
    metering.record_usage(world.tenant_id, world.account_id, "api_calls", 2001)
    noon.return_value = datetime(2025, 4, 10, tzinfo=timezone.utc)
    invoice = renewals.renew(team.id)
    assert team.status == "ended"
    assert [line.kind for line in invoice.lines] == ["usage"]


def test_declined_renewal_falls_behind_and_recovers(world, team, noon):
    bad = payments.add_method(world.account_id, "tok_no_funds")
    noon.return_value = datetime(2025, 4, 10, tzinfo=timezone.utc)
    invoice = renewals.renew_and_collect(team.id)
    assert (invoice.status, team.status) == ("open", "past_due")
    payments.remove_method(bad.id, world.account_id)
    good = payments.add_method(world.account_id, "tok_visa")
    payments.charge_invoice(invoice.number, good.id)
    assert (invoice.status, team.status) == ("paid", "active")


def test_dunning_reminds_then_stops(world, team, noon):
    payments.add_method(world.account_id, "tok_no_funds")
    noon.return_value = datetime(2025, 4, 10, tzinfo=timezone.utc)
    invoice = renewals.renew_and_collect(team.id)
    noon.return_value += timedelta(days=15)
    outcomes = []
    for _ in range(4):
        outcomes.append(dunning.chase(invoice.number))
        noon.return_value += timedelta(days=7)
    assert outcomes == ["reminded", "reminded", "reminded", "stopped"]
    assert (invoice.status, team.status) == ("void", "ended")


def test_dunning_waits_between_reminders(world, noon):
    invoice = service.issue(world.account, [item(1000)])
    noon.return_value += timedelta(days=15)
    assert dunning.chase(invoice.number) == "reminded"
    assert dunning.chase(invoice.number) == "waiting"


def test_dunning_takes_the_money_when_it_can(world, noon):
    service.issue(world.account, [item(1000)])
    payments.add_method(world.account_id, "tok_visa")
    noon.return_value += timedelta(days=15)
    assert tasks.retry_unpaid() == {"paid": 1}


def test_dunning_gives_up_on_an_order(world, noon):
    order = orders.place_order(world.owner, [("team", 1)])
    invoice = service.get_invoice(order.invoice_number)
    invoice.reminders = dunning.MAX_REMINDERS
    noon.return_value += timedelta(days=60)
    assert dunning.chase(invoice.number) == "stopped"
    assert (order.status, invoice.status) == ("cancelled", "void")
