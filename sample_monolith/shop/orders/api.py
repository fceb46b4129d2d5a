from flask import Blueprint, jsonify

from shop import payload
from shop.errors import ValidationFailed
from shop.idempotency import idempotent
from shop.identity.guards import current_user, login_required, owner_required
from shop.orders import service, subscriptions

bp = Blueprint("orders", __name__, url_prefix="/api/orders")


def order_dict(order, with_lines=False):
    result = {
        "number": order.number,
        "status": order.status,
        "invoice": order.invoice_number,
        "currency": order.currency,
        "subtotal_cents": order.subtotal_cents,
        "tax_cents": order.tax_cents,
        "total_cents": order.total_cents,
        "placed_at": order.placed_at.isoformat(),
    }
    if with_lines:
        result["lines"] = [
            {
                "plan": line.plan.code,
                "description": line.description,
                "quantity": line.quantity,
                "unit_cents": line.unit_cents,
                "amount_cents": line.amount_cents,
            }
            for line in order.lines
        ]
    return result


def subscription_dict(subscription):
    return {
        "id": subscription.id,
        "plan": subscription.plan.code,
        "quantity": subscription.quantity,
        "status": subscription.status,
        "period": [
            subscription.current_period_start.isoformat(),
            subscription.current_period_end.isoformat(),
        ],
        "cancel_at_period_end": subscription.cancel_at_period_end,
    }


def _requested(body):
    lines = body.get("lines")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise ValidationFailed("lines must be a list of objects.", field="lines")
    return [
        (
            payload.text(line, "plan", max_length=40),
            payload.integer(line, "quantity", default=1, minimum=1),
        )
        for line in lines
    ]


@bp.post("/quotes")
@login_required
def quote():
    lines, draft = service.quote(_requested(payload.read_json()), current_user().account)
    return jsonify(
        lines=[
            {
                "plan": line.plan_code,
                "quantity": line.quantity,
                "unit_cents": line.unit_price.cents,
                "amount_cents": line.amount.cents,
            }
            for line in lines
        ],
        subtotal_cents=draft.subtotal_cents,
        tax_cents=draft.tax_cents,
        total_cents=draft.total_cents,
    )


@bp.post("")
@owner_required
@idempotent
def place():
    body = payload.read_json()
    requested = _requested(body)
    if body.get("pay") is True:
        order, problem = service.place_and_pay(
            current_user(), requested, body.get("payment_method")
        )
    else:
        order, problem = service.place_order(current_user(), requested), None
    return jsonify(order=order_dict(order, with_lines=True), payment_problem=problem), 201


@bp.get("")
@login_required
def orders():
    limit, offset = payload.query_page()
    found = service.orders_of(current_user().account_id, limit, offset)
    return jsonify(orders=[order_dict(order) for order in found])


@bp.get("/<number>")
@login_required
def order(number):
    found = service.get_order(number, current_user().account_id)
    return jsonify(order=order_dict(found, with_lines=True))


@bp.post("/<number>/cancel")
@owner_required
@idempotent
def cancel(number):
    return jsonify(order=order_dict(service.cancel(number, current_user().account_id)))


@bp.get("/subscriptions")
@login_required
def list_subscriptions():
    found = subscriptions.subscriptions_of(current_user().account_id)
    return jsonify(subscriptions=[subscription_dict(s) for s in found])


@bp.post("/subscriptions/<int:subscription_id>/change-plan")
@owner_required
@idempotent
def change_plan(subscription_id):
    body = payload.read_json()
    user = current_user()
    subscription, invoice = subscriptions.change_plan(
        subscription_id, payload.text(body, "plan", max_length=40), user.account_id
    )
    return jsonify(
        subscription=subscription_dict(subscription),
        invoice=invoice.number if invoice else None,
        credit_cents=user.account.credit_cents,
    )


@bp.post("/subscriptions/<int:subscription_id>/cancel")
@owner_required
@idempotent
def cancel_subscription(subscription_id):
    cancelled = subscriptions.cancel_at_period_end(subscription_id, current_user().account_id)
    return jsonify(subscription=subscription_dict(cancelled))


@bp.post("/subscriptions/<int:subscription_id>/resume")
@owner_required
@idempotent
def resume_subscription(subscription_id):
    resumed = subscriptions.resume(subscription_id, current_user().account_id)
    return jsonify(subscription=subscription_dict(resumed))
