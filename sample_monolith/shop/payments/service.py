from sqlalchemy import select

from shop import clock, signals
from shop.billing import service as billing
from shop.billing.errors import InvoiceClosed
from shop.db import session, transaction
from shop.errors import Conflict, NotFound, ValidationFailed
from shop.money import Money
from shop.payments import gateway
from shop.payments.errors import PaymentDeclined
from shop.payments.models import Payment, PaymentMethod, Refund
from shop.tenancy import current_tenant_id


def add_method(account_id: int, token: str, make_default: bool = True) -> PaymentMethod:
    card = gateway.describe(token)
    if card is None:
        raise ValidationFailed("The card token is not known.", field="token")
    with transaction():
        first = not methods_of(account_id)
        if make_default:
            for method in methods_of(account_id):
                method.is_default = False
        method = PaymentMethod(
            tenant_id=current_tenant_id(),
            account_id=account_id,
            token=token,
            brand=card[0],
            last_four=card[1],
            is_default=make_default or first,
            created_at=clock.now(),
        )
        session.add(method)
        session.flush()
    return method


def remove_method(method_id: int, account_id: int) -> None:
    """Forget a card. One that has paid stays in the books and only stops being the default."""
    with transaction():
        method = _method(method_id, account_id)
        used = session.scalar(select(Payment.id).where(Payment.method_id == method.id).limit(1))
        if used is None:
            session.delete(method)
        else:
            method.is_default = False


def methods_of(account_id: int) -> list[PaymentMethod]:
    return list(
        session.scalars(
            select(PaymentMethod)
            .where(PaymentMethod.account_id == account_id)
            .order_by(PaymentMethod.id)
        )
    )


def default_method(account_id: int) -> PaymentMethod | None:
    return next((method for method in methods_of(account_id) if method.is_default), None)


def _method(method_id, account_id) -> PaymentMethod:
    method = session.get(PaymentMethod, method_id)
    if method is None or method.account_id != account_id:
        raise NotFound("There is no such card.")
    return method


def charge_invoice(number: str, method_id: int | None = None, account_id: int | None = None):
    """Pay what is due on an invoice. A refusal is written down, then raised."""
    with transaction():
        invoice = billing.locked_invoice(number, account_id)
        if invoice.status != "open":
            raise InvoiceClosed(f"{number} is {invoice.status}.")
        if method_id is None:
            method = default_method(invoice.account_id)
            if method is None:
                raise Conflict("There is no card to charge; add one first.")
        else:
            method = _method(method_id, invoice.account_id)
        due = invoice.due
        # The processor is asked while the invoice is locked: nobody else can pay it meanwhile.
        outcome = gateway.charge(method.token, due, f"{invoice.tenant_id}/{number}")
        payment = Payment(
            tenant_id=invoice.tenant_id,
            account_id=invoice.account_id,
            invoice=invoice,
            method=method,
            amount_cents=due.cents,
            refunded_cents=0,
            currency=due.currency,
            status="succeeded" if outcome.ok else "failed",
            gateway_reference=outcome.reference,
            failure=outcome.failure,
            created_at=clock.now(),
        )
        session.add(payment)
        if outcome.ok:
            invoice.paid_cents += due.cents
            invoice.status = "paid"
            invoice.paid_at = payment.created_at
        session.flush()
        signal = signals.payment_succeeded if outcome.ok else signals.payment_failed
        signal.send(payment, invoice=invoice)
    if not outcome.ok:
        raise PaymentDeclined(outcome.failure, payment_id=payment.id)
    return payment


def refund(payment_id: int, amount_cents: int | None, reason: str) -> Refund:
    """Give money back, all that is left by default, and book it on the invoice."""
    with transaction():
        payment = session.get(Payment, payment_id, with_for_update=True)
        if payment is None or payment.tenant_id != current_tenant_id():
            raise NotFound("There is no such payment.")
        if payment.status != "succeeded":
            raise Conflict("Only a payment that went through can be refunded.")
        left = payment.refundable
        amount = left if amount_cents is None else Money(amount_cents, payment.currency)
        if not 0 < amount.cents <= left.cents:
            raise Conflict(f"{left.format()} can be refunded.")
        gateway.refund(payment.gateway_reference, amount)
        payment.refunded_cents += amount.cents
        payment.invoice.refunded_cents += amount.cents
        made = Refund(
            tenant_id=payment.tenant_id,
            payment_id=payment.id,
            amount_cents=amount.cents,
            reason=reason,
            created_at=clock.now(),
        )
        session.add(made)
        session.flush()
    return made


def payments_of(account_id: int, limit: int = 50, offset: int = 0) -> list[Payment]:
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.tenant_id == current_tenant_id(), Payment.account_id == account_id)
            .order_by(Payment.id.desc())
            .limit(limit)
            .offset(offset)
        )
    )
