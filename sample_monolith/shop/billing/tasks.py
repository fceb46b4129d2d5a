"""Periodic work, for every tenant in turn."""

from shop import tenancy
from shop.billing import dunning, renewals


def renew_due() -> int:
    renewed = 0
    for tenant in tenancy.all_tenants():
        with tenancy.tenant_scope(tenant.id):
            renewed += renewals.renew_all_due()
    return renewed


def retry_unpaid() -> dict:
    outcomes: dict[str, int] = {}
    for tenant in tenancy.all_tenants():
        with tenancy.tenant_scope(tenant.id):
            for number in [invoice.number for invoice in dunning.overdue()]:
                outcome = dunning.chase(number)
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes
