"""What orders do when something happened elsewhere."""

from shop import clock, signals
from shop.db import session
from shop.orders import service, subscriptions
from shop.orders.models import Order


def on_payment(payment, invoice, **_):
    """A paid invoice fulfils its order, and brings a subscription back from arrears."""
    if invoice.status != "paid":
        return
    if invoice.order_id is not None:
        service.fulfil(session.get(Order, invoice.order_id))
    if invoice.subscription_id is not None:
        subscription = subscriptions.get(invoice.subscription_id)
        if subscription.status == "past_due":
            subscription.status = "active"


def on_subscription_ended(subscription, **_):
    subscription.ended_on = clock.today()
    subscriptions.quotas_follow(subscription.account_id)


def connect():
    signals.payment_succeeded.connect(on_payment)
    signals.subscription_ended.connect(on_subscription_ended)
