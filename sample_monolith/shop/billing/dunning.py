"""Invoices nobody paid: remind, try the card again, and in the end stop the service."""

from datetime import timedelta

from sqlalchemy import select

from shop import clock
from shop.billing import service
from shop.billing.models import Invoice
from shop.db import session, transaction
from shop.errors import ShopError
from shop.jobs import enqueue
from shop.orders import service as orders
from shop.orders import subscriptions
from shop.tenancy import current_tenant_id

REMIND_EVERY = timedelta(days=7)
MAX_REMINDERS = 3


def overdue() -> list[Invoice]:
    return list(
        session.scalars(
            select(Invoice)
            .where(
                Invoice.tenant_id == current_tenant_id(),
                Invoice.status == "open",
                Invoice.due_on < clock.today(),
            )
            .order_by(Invoice.id)
        )
    )


def chase(number: str) -> str:
    """One step against one overdue invoice: "waiting", "paid", "reminded" or "stopped"."""
    invoice = service.get_invoice(number)
    if clock.today() < invoice.due_on + REMIND_EVERY * invoice.reminders:
        return "waiting"
    if _try_card(invoice):
        return "paid"
    with transaction():
        invoice = service.locked_invoice(number)
        invoice.reminders += 1
        if invoice.reminders <= MAX_REMINDERS:
            enqueue(
                "shop.notifications.tasks.payment_reminder",
                tenant_id=invoice.tenant_id,
                invoice_id=invoice.id,
            )
            return "reminded"
        if invoice.order_id is not None:
            orders.cancel_unpaid(invoice.order_id)
        else:
            subscriptions.end_now(invoice.subscription_id, reason="unpaid")
            service.void(number)
        return "stopped"


def _try_card(invoice) -> bool:
    from shop.payments import service as payments

    method = payments.default_method(invoice.account_id)
    if method is None:
        return False
    try:
        payments.charge_invoice(invoice.number, method.id)
    except ShopError:
        return False
    return True
