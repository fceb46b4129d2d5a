from unittest.mock import patch

import pytest

from shop.billing import service as billing
from shop.billing.errors import CollectionFailed, InvoiceClosed
from shop.errors import Conflict, NotFound, ValidationFailed
from shop.orders import service as orders
from shop.payments import gateway, service
from shop.payments.errors import PaymentDeclined


@pytest.fixture
def invoice(world):
    order = orders.place_order(world.owner, [("team", 1)])
    return billing.get_invoice(order.invoice_number)


def test_charge_pays_the_invoice(world, card, invoice):
    payment = service.charge_invoice(invoice.number)
    assert payment.amount_cents == invoice.paid_cents == 1190
    assert invoice.status == "paid" and invoice.paid_at is not None


def test_paid_invoices_are_not_charged_again(world, card, invoice):
    service.charge_invoice(invoice.number)
    with pytest.raises(InvoiceClosed):
        service.charge_invoice(invoice.number)


@pytest.mark.parametrize("token", ["tok_declined", "tok_no_funds"])
def test_refusals_are_written_down_and_raised(world, invoice, token):
    service.add_method(world.account_id, token)
    with pytest.raises(PaymentDeclined) as declined:
        service.charge_invoice(invoice.number)
    assert isinstance(declined.value, CollectionFailed)
    payment = service.payments_of(world.account_id)[0]
    assert (payment.status, payment.id) == ("failed", declined.value.extra["payment_id"])
    assert invoice.status == "open" and invoice.paid_cents == 0


def test_card_limit(world, card, invoice):
    with patch("shop.payments.gateway.CARD_LIMIT_CENTS", 1000):
        with pytest.raises(PaymentDeclined, match="limit"):
            service.charge_invoice(invoice.number)


def test_no_card(world, invoice):
    with pytest.raises(Conflict):
        service.charge_invoice(invoice.number)


def test_cards_of_others_cannot_be_charged(world, invoice):
    other = service.add_method(world.other_account_id, "tok_visa")
    with pytest.raises(NotFound):
        service.charge_invoice(invoice.number, other.id)


def test_unknown_token(world):
    with pytest.raises(ValidationFailed):
        service.add_method(world.account_id, "tok_monopoly")


def test_newest_card_is_the_default(world, card):
    second = service.add_method(world.account_id, "tok_mastercard")
    assert service.default_method(world.account_id).id == second.id
    service.add_method(world.account_id, "tok_visa", make_default=False)
    assert service.default_method(world.account_id).id == second.id


def test_used_cards_stay_in_the_books(world, card, invoice):
    unused = service.add_method(world.account_id, "tok_visa", make_default=False)
    service.charge_invoice(invoice.number, card.id)
    service.remove_method(unused.id, world.account_id)
    service.remove_method(card.id, world.account_id)
    assert [m.id for m in service.methods_of(world.account_id)] == [card.id]
    assert service.default_method(world.account_id) is None


def test_refund_in_parts(world, card, invoice):
    payment = service.charge_invoice(invoice.number)
    service.refund(payment.id, 190, "late")
    service.refund(payment.id, None, "all of it")
    assert payment.refunded_cents == invoice.refunded_cents == 1190
    with pytest.raises(Conflict):
        service.refund(payment.id, 1, "more")


def test_failed_payments_cannot_be_refunded(world, invoice):
    service.add_method(world.account_id, "tok_declined")
    with pytest.raises(PaymentDeclined) as declined:
        service.charge_invoice(invoice.number)
    with pytest.raises(Conflict):
        service.refund(declined.value.extra["payment_id"], None, "please")


def test_gateway_is_asked_for_what_is_due(world, card, invoice):
    outcome = gateway.Outcome(ok=True, reference="ch_1")
    with patch("shop.payments.gateway.charge", return_value=outcome) as charge:
        service.charge_invoice(invoice.number)
    token, amount, _ = charge.call_args.args
    assert (token, amount.cents) == ("tok_visa", 1190)


def test_pay_over_http(owner):
    owner.post("/api/payments/methods", {"token": "tok_visa"})
    order = owner.post("/api/orders", {"lines": [{"plan": "team"}]}).json["order"]
    answer = owner.post("/api/payments/charges", {"invoice": order["invoice"]})
    assert answer.status_code == 201 and answer.json["payment"]["amount_cents"] == 1190
    assert owner.get(f"/api/orders/{order['number']}").json["order"]["status"] == "fulfilled"
    assert len(owner.get("/api/payments").json["payments"]) == 1


def test_declined_over_http_is_402_and_kept(owner):
    owner.post("/api/payments/methods", {"token": "tok_declined"})
    order = owner.post("/api/orders", {"lines": [{"plan": "team"}]}).json["order"]
    answer = owner.post("/api/payments/charges", {"invoice": order["invoice"]}, key="k")
    assert answer.status_code == 402 and answer.json["code"] == "payment_declined"
    again = owner.post("/api/payments/charges", {"invoice": order["invoice"]}, key="k")
    assert again.status_code == 402 and again.headers["Idempotency-Replayed"] == "true"
    assert [p["status"] for p in owner.get("/api/payments").json["payments"]] == ["failed"]


def test_refund_over_http_is_for_staff(owner, staff):
    owner.post("/api/payments/methods", {"token": "tok_visa"})
    owner.post("/api/orders", {"lines": [{"plan": "team"}], "pay": True})
    payment = owner.get("/api/payments").json["payments"][0]
    path = f"/api/payments/{payment['id']}/refunds"
    assert owner.post(path, {"reason": "x"}).status_code == 403
    answer = staff.post(path, {"reason": "x", "amount_cents": 90})
    assert answer.json["refund"]["amount_cents"] == 90
