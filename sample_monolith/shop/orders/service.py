"""Placing orders, and what becomes of them."""

from datetime import timedelta

from sqlalchemy import select

from shop import clock, signals
from shop.billing import numbering
from shop.billing import service as billing
from shop.db import session, transaction
from shop.errors import Conflict, NotFound
from shop.identity import service as identity
from shop.jobs import enqueue
from shop.orders import pricing
from shop.orders.models import Order, OrderLine
from shop.payments.errors import PaymentDeclined
from shop.tenancy import current_tenant, current_tenant_id

UNPAID_FOR = timedelta(days=30)


def quote(requested, account):
    """Prices, tax and total of an order that is not placed."""
    tenant = current_tenant()
    lines = pricing.price_lines(tenant.id, requested, tenant.currency, clock.today())
    draft = Order()
    draft.set_totals(pricing.subtotal(lines, tenant.currency), billing.tax_rate_for(account))
    return lines, draft


def place_order(user, requested) -> Order:
    """Order, invoice and confirmation, all of them or none."""
    with transaction():
        tenant = current_tenant()
        account = identity.get_account(user.account_id)
        lines = pricing.price_lines(tenant.id, requested, tenant.currency, clock.today())
        order = Order(
            tenant_id=tenant.id,
            account=account,
            placed_by=user.id,
            number=numbering.next_number(tenant.id, "ORD"),
            status="placed",
            placed_at=clock.now(),
        )
        order.set_totals(pricing.subtotal(lines, tenant.currency), billing.tax_rate_for(account))
        for position, line in enumerate(lines, start=1):
            order.lines.append(
                OrderLine(
                    tenant_id=tenant.id,
                    plan_id=line.plan_id,
                    position=position,
                    description=line.description,
                    quantity=line.quantity,
                    unit_cents=line.unit_price.cents,
                    amount_cents=line.amount.cents,
                )
            )
        session.add(order)
        session.flush()
        billing.invoice_order(order)
        signals.order_placed.send(order)
        enqueue(
            "shop.notifications.tasks.order_confirmation",
            tenant_id=tenant.id,
            order_id=order.id,
        )
    return order


def place_and_pay(user, requested, method_id=None) -> tuple[Order, str | None]:
    """Order and charge the card in one go. A declined card leaves the order to be paid."""
    from shop.payments import service as payments

    with transaction():
        order = place_order(user, requested)
        problem = None
        if order.status == "invoiced":
            try:
                payments.charge_invoice(order.invoice_number, method_id)
            except PaymentDeclined as declined:
                problem = declined.detail
    return order, problem


def fulfil(order: Order) -> None:
    """The order is paid: start its subscriptions. Does nothing the second time."""
    from shop.orders import subscriptions

    with transaction():
        if order.status == "fulfilled":
            return
        if order.status == "cancelled":
            raise Conflict(f"{order.number} is cancelled.")
        for line in order.lines:
            subscriptions.start(order, line)
        order.status = "fulfilled"


def cancel(number: str, account_id: int) -> Order:
    """Cancel an order that is not paid yet, with its invoice."""
    with transaction():
        order = get_order(number, account_id)
        if order.status not in ("placed", "invoiced"):
            raise Conflict(f"{number} is {order.status}.")
        if billing.get_invoice(order.invoice_number).status == "open":
            billing.void(order.invoice_number)
        order.status = "cancelled"
    return order


def cancel_unpaid(order_id: int) -> None:
    """Billing has given up on the invoice of this order."""
    order = session.get(Order, order_id)
    cancel(order.number, order.account_id)


def get_order(number: str, account_id: int) -> Order:
    order = session.scalar(
        select(Order).where(
            Order.tenant_id == current_tenant_id(),
            Order.account_id == account_id,
            Order.number == number,
        )
    )
    if order is None:
        raise NotFound(f"There is no order {number!r}.")
    return order


def orders_of(account_id: int, limit: int = 50, offset: int = 0) -> list[Order]:
    return list(
        session.scalars(
            select(Order)
            .where(Order.tenant_id == current_tenant_id(), Order.account_id == account_id)
            .order_by(Order.id.desc())
            .limit(limit)
            .offset(offset)
        )
    )


def expire_unpaid() -> int:
    """Cancel the current tenant's orders that were not paid for a month."""
    stale = session.execute(
        select(Order.number, Order.account_id).where(
            Order.tenant_id == current_tenant_id(),
            Order.status == "invoiced",
            Order.placed_at < clock.now() - UNPAID_FOR,
        )
    ).all()
    for number, account_id in stale:
        cancel(number, account_id)
    return len(stale)
