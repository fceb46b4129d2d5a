"""The migration as a file: ``strangler.yaml``, and one file per tenant beside it.

Only what the plan *says* belongs here: how it is read, checked against itself and edited. What code, traffic or
manifests make of it belongs to the capabilities. docs/reference/plan.md lists every key.
"""

from strangler.plan.edit import add_service, remove_service, set_value
from strangler.plan.load import load, loads, read_text
from strangler.plan.places import Places
from strangler.plan.schema import (
    AbortIf,
    CallPolicy,
    FacadeSettings,
    Monolith,
    Plan,
    Rollout,
    Service,
    SessionSettings,
    Sticky,
    UsageSettings,
    Waiver,
    Webhook,
)
from strangler.plan.start import first_plan, packages_below
from strangler.plan.tenants import load_tenant, load_tenants, tenant_from
from strangler.plan.traffic import Forwarded, RequestCondition, RetryBudget, RoutePattern, Serving, Shadowing

__all__ = [
    "AbortIf",
    "CallPolicy",
    "FacadeSettings",
    "Forwarded",
    "Monolith",
    "Places",
    "Plan",
    "RequestCondition",
    "RetryBudget",
    "Rollout",
    "RoutePattern",
    "Service",
    "Serving",
    "SessionSettings",
    "Shadowing",
    "Sticky",
    "UsageSettings",
    "Waiver",
    "Webhook",
    "add_service",
    "first_plan",
    "load",
    "load_tenant",
    "load_tenants",
    "loads",
    "packages_below",
    "read_text",
    "remove_service",
    "set_value",
    "tenant_from",
]
