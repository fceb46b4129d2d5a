from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import func, select

from shop import signals
from shop.billing import service as billing
from shop.billing.models import Invoice
from shop.db import session
from shop.errors import Conflict, NotFound, ValidationFailed
from shop.jobs import Job
from shop.metering import quotas
from shop.orders import pricing, service, subscriptions, tasks
from shop.orders.models import Order
from shop.payments import service as payments
from shop.payments.errors import PaymentDeclined

pytestmark = pytest.mark.usefixtures("noon")


def place(world, *lines):
    return service.place_order(world.owner, lines or [("team", 3), ("light", 2)])


def count(model):
    return session.scalar(select(func.count()).select_from(model))


def test_prices_and_totals(world):
    order = place(world)
    assert [(line.quantity, line.unit_cents, line.amount_cents) for line in order.lines] == [
        (3, 1000, 3000),
        (2, 450, 900),
    ]
    assert (order.subtotal_cents, order.tax_cents, order.total_cents) == (3900, 741, 4641)


def test_an_order_is_invoiced_in_the_same_breath(world):
    order = place(world)
    invoice = billing.get_invoice(order.invoice_number)
    assert order.status == "invoiced"
    assert (invoice.order_id, invoice.total_cents) == (order.id, order.total_cents)


def test_all_or_nothing(world):
    with patch("shop.billing.service.issue", side_effect=RuntimeError("printer on fire")):
        with pytest.raises(RuntimeError):
            place(world)
    assert (count(Order), count(Invoice), count(Job)) == (0, 0, 0)


def test_numbers_have_no_gaps(world):
    first = place(world).number
    with (
        patch("shop.orders.service.enqueue", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        place(world)
    assert (first, place(world).number) == ("ORD-000001", "ORD-000002")


def test_confirmation_is_queued_by_name(world):
    with patch("shop.orders.service.enqueue") as enqueue:
        order = place(world)
    enqueue.assert_called_once_with(
        "shop.notifications.tasks.order_confirmation", tenant_id=world.tenant_id, order_id=order.id
    )


def test_signal(world):
    heard = []
    with signals.order_placed.connected_to(lambda order, **_: heard.append(order.number)):
        order = place(world)
    assert heard == [order.number]


def test_the_catalogue_is_asked_for_every_line(world):
    lines = [("team", 1), ("light", 1), ("team", 2)]
    with patch("shop.catalogue.service.quote", wraps=pricing.catalogue.quote) as quote:
        place(world, *lines)
    assert quote.call_count == len(lines)


@pytest.mark.parametrize("lines", [[], [("team", 0)], [("team", pricing.MAX_QUANTITY + 1)]])
def test_odd_orders(world, lines):
    with pytest.raises(ValidationFailed):
        service.place_order(world.owner, lines)


def test_unknown_plan(world):
    with pytest.raises(NotFound):
        place(world, ("gold", 1))


def test_quote_places_nothing(world):
    lines, draft = service.quote([("team", 2)], world.account)
    assert (lines[0].amount.cents, draft.total_cents) == (2000, 2380)
    assert count(Order) == 0


def test_free_orders_are_fulfilled_at_once(world):
    order = place(world, ("free", 1))
    assert order.status == "fulfilled"
    assert billing.get_invoice(order.invoice_number).status == "paid"
    assert quotas.quota_status(world.tenant_id, world.account_id, "api_calls").hard


def test_paying_starts_subscriptions(world, card):
    order = place(world)
    payments.charge_invoice(order.invoice_number)
    assert order.status == "fulfilled"
    started = subscriptions.subscriptions_of(world.account_id)
    assert {(s.plan.code, s.quantity) for s in started} == {("team", 3), ("light", 2)}


def test_paying_sets_quotas(world, card):
    service.place_and_pay(world.owner, [("team", 3)])
    service.place_and_pay(world.owner, [("business", 1)])
    status = quotas.quota_status(world.tenant_id, world.account_id, "api_calls")
    assert (status.limit, status.hard) == (3 * 1000 + 5000, False)


def test_quotas_are_set_after_the_commit(world, card):
    seen = []

    def look(tenant_id, account_id):
        seen.append(session.info.get("depth"))

    with patch("shop.orders.subscriptions.apply_quotas", side_effect=look):
        service.place_and_pay(world.owner, [("team", 1)])
    assert seen == [0]


def test_lost_quotas_are_reconciled(world, card):
    with patch("shop.orders.subscriptions.apply_quotas", side_effect=ConnectionError("away")):
        order, _ = service.place_and_pay(world.owner, [("team", 1)])
    assert order.status == "fulfilled"
    assert quotas.quota_status(world.tenant_id, world.account_id, "api_calls").limit is None
    tasks.reconcile_quotas()
    assert quotas.quota_status(world.tenant_id, world.account_id, "api_calls").limit == 1000


def test_declined_card_leaves_the_order_to_be_paid(world):
    payments.add_method(world.account_id, "tok_declined")
    order, problem = service.place_and_pay(world.owner, [("team", 1)])
    assert order.status == "invoiced" and "declined" in problem
    assert payments.payments_of(world.account_id)[0].status == "failed"


def test_exceptions_of_payments_are_caught_in_orders(world, card):
    with patch("shop.payments.service.charge_invoice", side_effect=PaymentDeclined("no")):
        order, problem = service.place_and_pay(world.owner, [("team", 1)])
    assert (order.status, problem) == ("invoiced", "no")


def test_fulfilling_twice_does_nothing(world, card):
    order, _ = service.place_and_pay(world.owner, [("team", 1)])
    service.fulfil(order)
    assert len(subscriptions.subscriptions_of(world.account_id)) == 1


def test_cancel_voids_the_invoice(world):
    order = place(world)
    service.cancel(order.number, world.account_id)
    assert order.status == "cancelled"
    assert billing.get_invoice(order.invoice_number).status == "void"
    with pytest.raises(Conflict):
        service.cancel(order.number, world.account_id)


def test_unpaid_orders_expire(world, noon):
    order = place(world)
    noon.return_value += timedelta(days=31)
    assert tasks.expire_unpaid() == 1
    assert order.status == "cancelled"


def test_orders_of_others_are_not_found(world):
    order = place(world)
    with pytest.raises(NotFound):
        service.get_order(order.number, world.other_account_id)
