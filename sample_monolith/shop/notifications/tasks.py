"""Background tasks. Other domains name them by string, see shop.jobs."""

from shop import tenancy
from shop.db import session
from shop.identity import service as identity
from shop.identity.models import User
from shop.metering import meters, quotas
from shop.notifications import service

NEAR_PERCENT = 80


def deliver_pending() -> int:
    return service.deliver()


def order_confirmation(tenant_id: int, order_id: int) -> None:
    from shop.orders.models import Order

    order = session.get(Order, order_id)
    lines = "\n".join(f"{line.quantity} x {line.description}" for line in order.lines)
    with tenancy.tenant_scope(tenant_id):
        service.notify(
            session.get(User, order.placed_by),
            "order_confirmation",
            number=order.number,
            total=order.total.format(),
            lines=lines,
        )


def payment_reminder(tenant_id: int, invoice_id: int) -> None:
    from shop.billing.models import Invoice

    invoice = session.get(Invoice, invoice_id)
    if invoice.status != "open":
        return
    with tenancy.tenant_scope(tenant_id):
        service.notify(
            identity.owner_of(invoice.account_id),
            "payment_reminder",
            number=invoice.number,
            due=invoice.due.format(),
            due_on=invoice.due_on,
        )


def warn_near_quota() -> int:
    """Tell owners whose account has used up most of a limit, each thing once while unread."""
    warned = 0
    for tenant in tenancy.all_tenants():
        with tenancy.tenant_scope(tenant.id):
            near = quotas.accounts_near_limit(tenant.id, NEAR_PERCENT)
            for account_id, meter, used, limit in near:
                owner = identity.owner_of(account_id)
                label = meters.label(meter)
                unread = (n for n in service.inbox(owner.id) if n.read_at is None)
                if any(n.topic == "usage" and label in n.subject for n in unread):
                    continue
                service.notify(owner, "near_quota", used=used, limit=limit, meter=label)
                warned += 1
    return warned
