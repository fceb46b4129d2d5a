from sqlalchemy import select

from shop import tenancy
from shop.db import session
from shop.orders import service, subscriptions
from shop.orders.models import Subscription


def expire_unpaid() -> int:
    expired = 0
    for tenant in tenancy.all_tenants():
        with tenancy.tenant_scope(tenant.id):
            expired += service.expire_unpaid()
    return expired


def reconcile_quotas() -> int:
    """Repair quotas whose update after a commit did not get through."""
    accounts = session.execute(
        select(Subscription.tenant_id, Subscription.account_id).distinct()
    ).all()
    for tenant_id, account_id in accounts:
        subscriptions.apply_quotas(tenant_id, account_id)
    return len(accounts)
