from flask import Blueprint, jsonify

from shop import payload
from shop.errors import problem_response
from shop.idempotency import idempotent
from shop.identity.guards import current_user, login_required, owner_required
from shop.identity.principal import staff_required
from shop.payments import service
from shop.payments.errors import PaymentDeclined

bp = Blueprint("payments", __name__, url_prefix="/api/payments")


def method_dict(method):
    return {
        "id": method.id,
        "brand": method.brand,
        "last_four": method.last_four,
        "default": method.is_default,
    }


def payment_dict(payment):
    return {
        "id": payment.id,
        "invoice": payment.invoice.number,
        "status": payment.status,
        "amount_cents": payment.amount_cents,
        "refunded_cents": payment.refunded_cents,
        "currency": payment.currency,
        "card": payment.method.last_four,
        "failure": payment.failure,
    }


@bp.get("/methods")
@login_required
def methods():
    found = service.methods_of(current_user().account_id)
    return jsonify(methods=[method_dict(method) for method in found])


@bp.post("/methods")
@owner_required
@idempotent
def add_method():
    body = payload.read_json()
    method = service.add_method(
        current_user().account_id,
        payload.text(body, "token", max_length=80),
        body.get("default", True) is True,
    )
    return jsonify(method=method_dict(method)), 201


@bp.delete("/methods/<int:method_id>")
@owner_required
def remove_method(method_id):
    service.remove_method(method_id, current_user().account_id)
    return "", 204


@bp.post("/charges")
@owner_required
@idempotent
def charge():
    body = payload.read_json()
    try:
        payment = service.charge_invoice(
            payload.text(body, "invoice", max_length=20),
            body.get("method"),
            current_user().account_id,
        )
    except PaymentDeclined as declined:
        # Answered here and not by the error handler: what was written down must stay.
        return problem_response(declined)
    return jsonify(payment=payment_dict(payment)), 201


@bp.get("")
@login_required
def payments():
    limit, offset = payload.query_page()
    found = service.payments_of(current_user().account_id, limit, offset)
    return jsonify(payments=[payment_dict(payment) for payment in found])


@bp.post("/<int:payment_id>/refunds")
@staff_required
@idempotent
def refund(payment_id):
    body = payload.read_json()
    cents = payload.integer(body, "amount_cents", minimum=1) if "amount_cents" in body else None
    made = service.refund(payment_id, cents, payload.text(body, "reason"))
    return jsonify(refund={"id": made.id, "amount_cents": made.amount_cents}), 201
