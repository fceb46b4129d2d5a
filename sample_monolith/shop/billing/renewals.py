"""The end of a subscription's period: bill the next one and the last one's usage."""

import logging

from shop import clock, signals
from shop.billing import service
from shop.billing.service import LineItem
from shop.catalogue import service as catalogue
from shop.db import transaction
from shop.metering import meters
from shop.metering import service as metering
from shop.money import Money
from shop.orders import subscriptions
from shop.payments.errors import PaymentDeclined
from shop.tenancy import current_tenant, current_tenant_id

log = logging.getLogger(__name__)


def overage_items(subscription) -> list[LineItem]:
    """What was used in the ending period beyond what the account's plans include."""
    tenant = current_tenant()
    start, end = subscription.current_period_start, subscription.current_period_end
    items = []
    for terms in catalogue.usage_terms(tenant.id, subscription.plan_id):
        if subscriptions.carrier_of(subscription.account_id, terms.meter) != subscription.id:
            continue  # an older subscription of the account pays for this meter
        monthly = subscriptions.expected_quotas(subscription.account_id)[terms.meter][0]
        included = monthly * subscription.plan.interval_months
        used = metering.usage_between(tenant.id, subscription.account_id, terms.meter, start, end)
        over = used - included
        if over <= 0 or not terms.block_cents:
            continue
        blocks = -(-over // terms.block_size)
        items.append(
            LineItem.of(
                "usage",
                f"{meters.label(terms.meter)}: {over:,} beyond {included:,} included, "
                f"per {terms.block_size:,}",
                blocks,
                Money(terms.block_cents, tenant.currency),
            )
        )
    return items


def renew(subscription_id: int):
    """Move one subscription into its next period. None if there was nothing to do."""
    subscription = subscriptions.get(subscription_id)
    if subscription.current_period_end > clock.today():
        return None
    usage = overage_items(subscription)
    ending = subscription.current_period_end
    with transaction():
        subscription = subscriptions.locked(subscription_id)
        if subscription.current_period_end != ending or subscription.status == "ended":
            return None  # another worker was faster
        items = list(usage)
        if subscription.cancel_at_period_end:
            period = (subscription.current_period_start, ending)
            subscription.status = "ended"
            signals.subscription_ended.send(subscription, reason="cancelled")
        else:
            # Counted from the first day, so that the 31st does not become the 28th for good.
            months = subscription.plan.interval_months * (subscription.terms + 1)
            period = (ending, clock.add_months(subscription.started_on, months))
            quote = catalogue.quote(
                current_tenant_id(), subscription.plan.code, current_tenant().currency, ending
            )
            items.insert(
                0,
                LineItem.of(
                    "plan",
                    f"{quote.description}, {period[0]} to {period[1]}",
                    subscription.quantity,
                    quote.unit_price,
                ),
            )
            # The subscription is the orders domain's, but its period is ours to move.
            subscription.current_period_start, subscription.current_period_end = period
            subscription.terms += 1
            subscription.unit_price_cents = quote.unit_price.cents
        if not items:
            return None
        return service.issue(
            subscription.account, items, subscription_id=subscription.id, period=period
        )


def renew_and_collect(subscription_id: int):
    """Renew, then try the account's card. A declined card leaves the invoice open."""
    from shop.payments import service as payments

    invoice = renew(subscription_id)
    if invoice is None or invoice.status != "open":
        return invoice
    method = payments.default_method(invoice.account_id)
    if method is not None:
        try:
            payments.charge_invoice(invoice.number, method.id)
        except PaymentDeclined as declined:
            log.info("%s: %s", invoice.number, declined.detail)
            subscriptions.mark_past_due(subscription_id)
    return invoice


def renew_all_due() -> int:
    """Renew what is due for the current tenant, a few periods back if need be."""
    renewed = 0
    while due := subscriptions.due_for_renewal(clock.today()):
        for subscription_id in due:
            renew_and_collect(subscription_id)
            renewed += 1
    return renewed
