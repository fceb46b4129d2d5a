"""Running subscriptions: start, change, cancel, end."""

from datetime import date

from sqlalchemy import func, select

from shop import clock, signals
from shop.billing.proration import prorate
from shop.billing.service import LineItem, give_credit, issue, tax_rate_for
from shop.catalogue import service as catalogue
from shop.db import on_commit, session, transaction
from shop.errors import Conflict, NotFound
from shop.metering import quotas
from shop.money import Money
from shop.orders.models import Order, OrderLine, Subscription
from shop.tenancy import current_tenant, current_tenant_id, tenant_scope

LIVE = ("active", "past_due")


def start(order: Order, line: OrderLine) -> Subscription:
    today = clock.today()
    subscription = Subscription(
        tenant_id=order.tenant_id,
        account=order.account,
        order_id=order.id,
        plan=line.plan,
        quantity=line.quantity,
        unit_price_cents=line.unit_cents,
        status="active",
        started_on=today,
        current_period_start=today,
        current_period_end=clock.add_months(today, line.plan.interval_months),
        terms=1,
        cancel_at_period_end=False,
    )
    session.add(subscription)
    session.flush()
    signals.subscription_activated.send(subscription)
    quotas_follow(order.account_id)
    return subscription


def get(subscription_id: int, account_id: int | None = None) -> Subscription:
    return _one(select(Subscription), subscription_id, account_id)


def locked(subscription_id: int, account_id: int | None = None) -> Subscription:
    return _one(select(Subscription).with_for_update(), subscription_id, account_id)


def _one(query, subscription_id, account_id):
    subscription = session.scalar(
        query.where(
            Subscription.id == subscription_id, Subscription.tenant_id == current_tenant_id()
        )
    )
    if subscription is None or account_id not in (None, subscription.account_id):
        raise NotFound("There is no such subscription.")
    return subscription


def subscriptions_of(account_id: int, live_only: bool = False, limit: int = 100):
    query = select(Subscription).where(
        Subscription.tenant_id == current_tenant_id(), Subscription.account_id == account_id
    )
    if live_only:
        query = query.where(Subscription.status.in_(LIVE))
    return list(session.scalars(query.order_by(Subscription.id.desc()).limit(limit)))


def due_for_renewal(on: date) -> list[int]:
    return list(
        session.scalars(
            select(Subscription.id)
            .where(
                Subscription.tenant_id == current_tenant_id(),
                Subscription.status.in_(LIVE),
                Subscription.current_period_end <= on,
            )
            .order_by(Subscription.id)
        )
    )


def change_plan(subscription_id: int, plan_code: str, account_id: int):
    """Switch to another plan at once. Returns the subscription and the invoice, if any.

    The unused days are given back at the old price and charged at the new one. What comes
    out in the customer's favour becomes credit.
    """
    tenant = current_tenant()
    quote = catalogue.quote(tenant.id, plan_code, tenant.currency, clock.today())
    _refuse_if_used_beyond(account_id, quote.plan_id)
    with transaction():
        subscription = locked(subscription_id, account_id)
        if not subscription.is_live:
            raise Conflict("The subscription has ended.")
        if subscription.plan_id == quote.plan_id:
            raise Conflict("The subscription is on this plan already.")
        if subscription.plan.interval_months != quote.interval_months:
            raise Conflict("The billing interval can only change at the end of a period.")
        old_name = subscription.plan.name
        change = prorate(
            Money(subscription.unit_price_cents, tenant.currency) * subscription.quantity,
            quote.unit_price * subscription.quantity,
            subscription.current_period_start,
            subscription.current_period_end,
            clock.today(),
        )
        subscription.plan = catalogue.plan_by_id(tenant.id, quote.plan_id)
        subscription.unit_price_cents = quote.unit_price.cents
        invoice = _bill_change(subscription, change, old_name)
        quotas_follow(account_id)
    return subscription, invoice


def _bill_change(subscription, change, old_name):
    account = subscription.account
    if change.net.cents <= 0:
        draft = Order()
        draft.set_totals(-change.net, tax_rate_for(account))
        give_credit(account, draft.total)
        return None
    days = f"{change.days_left} of {change.days_in_period} days"
    return issue(
        account,
        [
            LineItem.of("proration", f"{old_name}, {days} not used", 1, -change.credit),
            LineItem.of("proration", f"{subscription.plan.name}, {days}", 1, change.charge),
        ],
        subscription_id=subscription.id,
        period=(clock.today(), subscription.current_period_end),
    )


def _refuse_if_used_beyond(account_id: int, plan_id: int) -> None:
    """A plan with hard limits cannot be chosen by who has used more than it allows."""
    tenant_id = current_tenant_id()
    for terms in catalogue.usage_terms(tenant_id, plan_id):
        if not terms.hard:
            continue
        status = quotas.quota_status(tenant_id, account_id, terms.meter)
        if status.used > terms.included:
            raise Conflict(
                f"{status.used} {terms.meter} are used this month; the plan stops at "
                f"{terms.included}."
            )


def cancel_at_period_end(subscription_id: int, account_id: int) -> Subscription:
    with transaction():
        subscription = locked(subscription_id, account_id)
        if not subscription.is_live:
            raise Conflict("The subscription has ended.")
        subscription.cancel_at_period_end = True
    return subscription


def resume(subscription_id: int, account_id: int) -> Subscription:
    """Take a cancellation back while the period runs."""
    with transaction():
        subscription = locked(subscription_id, account_id)
        if not subscription.is_live or not subscription.cancel_at_period_end:
            raise Conflict("There is no cancellation to take back.")
        subscription.cancel_at_period_end = False
    return subscription


def end_now(subscription_id: int, reason: str) -> None:
    with transaction():
        subscription = locked(subscription_id)
        if subscription.is_live:
            subscription.status = "ended"
            signals.subscription_ended.send(subscription, reason=reason)


def mark_past_due(subscription_id: int) -> None:
    with transaction():
        subscription = locked(subscription_id)
        if subscription.status == "active":
            subscription.status = "past_due"


def expected_quotas(account_id: int) -> dict[str, tuple[int, bool]]:
    """Per meter, what all live subscriptions include a month, and whether it is a hard limit."""
    tenant_id = current_tenant_id()
    expected: dict[str, tuple[int, bool]] = {}
    for plan_id, seats, _oldest in _live_plans(account_id):
        for terms in catalogue.usage_terms(tenant_id, plan_id):
            limit, hard = expected.get(terms.meter, (0, True))
            expected[terms.meter] = (limit + terms.included * int(seats), hard and terms.hard)
    return expected


def carrier_of(account_id: int, meter: str) -> int | None:
    """The oldest live subscription whose plan has the meter: it is billed for the overage."""
    tenant_id = current_tenant_id()
    carriers = [
        oldest
        for plan_id, _seats, oldest in _live_plans(account_id)
        if any(terms.meter == meter for terms in catalogue.usage_terms(tenant_id, plan_id))
    ]
    return min(carriers, default=None)


def _live_plans(account_id):
    """(plan, seats in all, oldest subscription) of an account."""
    return session.execute(
        select(Subscription.plan_id, func.sum(Subscription.quantity), func.min(Subscription.id))
        .where(
            Subscription.tenant_id == current_tenant_id(),
            Subscription.account_id == account_id,
            Subscription.status.in_(LIVE),
        )
        .group_by(Subscription.plan_id)
    ).all()


def apply_quotas(tenant_id: int, account_id: int) -> None:
    """Tell metering what the account may use now."""
    with tenant_scope(tenant_id):
        expected = expected_quotas(account_id)
    for meter, (limit, hard) in expected.items():
        quotas.set_quota(tenant_id, account_id, meter, limit, hard)
    quotas.clear_quotas(tenant_id, account_id, keep=list(expected))


def quotas_follow(account_id: int) -> None:
    tenant_id = current_tenant_id()
    on_commit(lambda: apply_quotas(tenant_id, account_id))
