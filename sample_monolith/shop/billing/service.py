"""Issuing, settling and reading invoices."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from shop import clock, money, signals
from shop.billing import numbering, tax
from shop.billing.errors import InvoiceClosed
from shop.billing.models import Invoice, InvoiceLine
from shop.config import settings
from shop.db import session, transaction
from shop.errors import NotFound
from shop.identity.models import Account
from shop.money import Money
from shop.tenancy import current_tenant, current_tenant_id

PAYMENT_TERM = timedelta(days=settings.invoice_due_days)


@dataclass(frozen=True)
class LineItem:
    kind: str
    description: str
    quantity: int
    unit_price: Money
    amount: Money

    @classmethod
    def of(cls, kind, description, quantity, unit_price):
        return cls(kind, description, quantity, unit_price, unit_price * quantity)


def tax_rate_for(account: Account) -> int:
    return tax.rate_for(current_tenant().country, account.country, account.vat_id)


def invoice_order(order) -> Invoice:
    """Invoice an order in the caller's transaction, and move the order on."""
    with transaction():
        items = [
            LineItem.of("plan", line.description, line.quantity, line.unit_price)
            for line in order.lines
        ]
        invoice = issue(order.account, items, order_id=order.id)
        order.status = "invoiced"
        order.invoice_number = invoice.number
        if invoice.status == "paid":
            orders.fulfil(order)
    return invoice


def issue(account: Account, items, order_id=None, subscription_id=None, period=(None, None)):
    """Write an invoice over `items`. Credit the account has is used up first."""
    with transaction():
        tenant = current_tenant()
        today = clock.today()
        subtotal = money.total((item.amount for item in items), tenant.currency)
        invoice = Invoice(
            tenant_id=tenant.id,
            account=account,
            order_id=order_id,
            subscription_id=subscription_id,
            number=numbering.next_number(tenant.id, "INV"),
            status="open",
            credit_cents=0,
            paid_cents=0,
            refunded_cents=0,
            tax_note=tax.note_for(tenant.country, account.country, account.vat_id),
            period_start=period[0],
            period_end=period[1],
            issued_on=today,
            due_on=today + PAYMENT_TERM,
            reminders=0,
        )
        invoice.set_totals(subtotal, tax_rate_for(account))
        for position, item in enumerate(items, start=1):
            invoice.lines.append(
                InvoiceLine(
                    tenant_id=tenant.id,
                    position=position,
                    kind=item.kind,
                    description=item.description,
                    quantity=item.quantity,
                    unit_cents=item.unit_price.cents,
                    amount_cents=item.amount.cents,
                )
            )
        session.add(invoice)
        use_credit(invoice)
        session.flush()
        signals.invoice_issued.send(invoice)
    return invoice


def use_credit(invoice: Invoice) -> None:
    account = invoice.account
    used = min(account.credit_cents, invoice.due.cents)
    if used > 0:
        account.credit_cents -= used
        invoice.credit_cents += used
    settle(invoice)


def settle(invoice: Invoice) -> None:
    """Mark an invoice paid once nothing is due any more."""
    if invoice.status == "open" and invoice.due.cents <= 0:
        invoice.status = "paid"
        invoice.paid_at = clock.now()


def give_credit(account: Account, amount: Money) -> None:
    with transaction():
        account.credit_cents += amount.cents


def void(number: str) -> Invoice:
    """Cancel an open invoice; credit that went into it goes back."""
    with transaction():
        invoice = locked_invoice(number)
        if invoice.status != "open":
            raise InvoiceClosed(f"{number} is {invoice.status}.")
        if invoice.paid_cents:
            raise InvoiceClosed(f"{number} is partly paid; refund it first.")
        invoice.account.credit_cents += invoice.credit_cents
        invoice.credit_cents = 0
        invoice.status = "void"
    return invoice


def get_invoice(number: str, account_id: int | None = None) -> Invoice:
    return _one_invoice(_by_number(number), number, account_id)


def locked_invoice(number: str, account_id: int | None = None) -> Invoice:
    """The invoice, held until the transaction ends."""
    return _one_invoice(_by_number(number).with_for_update(), number, account_id)


def _by_number(number):
    return select(Invoice).where(Invoice.tenant_id == current_tenant_id(), Invoice.number == number)


def _one_invoice(query, number, account_id):
    invoice = session.scalar(query)
    if invoice is None or account_id not in (None, invoice.account_id):
        raise NotFound(f"There is no invoice {number!r}.")
    return invoice


def invoices_of(account_id: int, status=None, limit: int = 50, offset: int = 0) -> list[Invoice]:
    query = select(Invoice).where(
        Invoice.tenant_id == current_tenant_id(), Invoice.account_id == account_id
    )
    if status is not None:
        query = query.where(Invoice.status == status)
    return list(session.scalars(query.order_by(Invoice.id.desc()).limit(limit).offset(offset)))


def balance_of(account_id: int) -> Money:
    """What the account still owes."""
    owed = session.scalar(
        select(func.sum(Invoice.total_cents - Invoice.credit_cents - Invoice.paid_cents)).where(
            Invoice.tenant_id == current_tenant_id(),
            Invoice.account_id == account_id,
            Invoice.status == "open",
        )
    )
    return Money(int(owed or 0), current_tenant().currency)


# Orders and billing need each other. orders.service imports this module at its top, so this
# import has to wait until everything above is defined.
from shop.orders import service as orders  # noqa: E402
