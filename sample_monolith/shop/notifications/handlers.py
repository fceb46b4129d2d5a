"""Signals of other domains turned into messages."""

from shop import signals
from shop.identity import service as identity
from shop.notifications.service import notify


def welcome(user, **_):
    notify(user, "welcome", name=user.name, company=user.account.name, email=user.email)


def invoice_issued(invoice, **_):
    notify(
        identity.owner_of(invoice.account_id),
        "invoice_issued",
        number=invoice.number,
        total=invoice.total.format(),
        due=invoice.due.format(),
        due_on=invoice.due_on,
    )


def payment_received(payment, invoice, **_):
    notify(
        identity.owner_of(payment.account_id),
        "payment_received",
        amount=payment.amount.format(),
        number=invoice.number,
    )


def payment_failed(payment, invoice, **_):
    notify(
        identity.owner_of(payment.account_id),
        "payment_failed",
        amount=payment.amount.format(),
        number=invoice.number,
        failure=payment.failure,
    )


def subscription_ended(subscription, reason, **_):
    notify(
        identity.owner_of(subscription.account_id),
        "subscription_ended",
        plan=subscription.plan.name,
        reason=reason,
    )


def connect():
    signals.user_registered.connect(welcome)
    signals.invoice_issued.connect(invoice_issued)
    signals.payment_succeeded.connect(payment_received)
    signals.payment_failed.connect(payment_failed)
    signals.subscription_ended.connect(subscription_ended)
