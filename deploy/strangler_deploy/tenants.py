"""One tenant at a time: its file's text, the folder it has in the tree, what it keeps when it goes.

The cost of everything here is that of one tenant, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strangler.model import Finding
from strangler.plan import Places, Plan
from strangler.plan.platform import Tenant
from strangler_deploy.check import check_tree
from strangler_deploy.dump import dump
from strangler_deploy.estate import Estate
from strangler_deploy.folder import tenant_files
from strangler_deploy.placement import place
from strangler_deploy.planes.stores import holder_of, tenant_holdings
from strangler_deploy.render import shared_files
from strangler_deploy.tenancy import require_placeable


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource that stays when its tenant goes, and for how many days before somebody may delete it."""

    kind: str
    name: str
    days: int


def tenant_text(tenant: Tenant) -> str:
    """The text of ``tenants/<id>.yaml``: what was said, in the order of the schema, and no defaults."""
    said: dict[str, Any] = tenant.model_dump(mode="json", exclude_unset=True)
    return dump({"id": tenant.id, **{key: value for key, value in said.items() if key != "id"}})


def tenant_folder(plan: Plan, tenant: Tenant) -> dict[str, str]:
    """The files of ``tenants/<id>/`` in the tree: all that changes when this tenant does.

    Raises:
        PlanError: the tenant names what the plan has not.
    """
    require_placeable(plan, {tenant.id: tenant})
    return dict(sorted(tenant_files(Estate(plan), tenant)))


def check_tenant(plan: Plan, tenant: Tenant, crds: Path | None = None, places: Places | None = None) -> list[Finding]:
    """What is wrong with one tenant's files, against what all tenants share; ceilings need all of them.

    Raises:
        PlanError: the tenant names what the plan has not.
    """
    tree = {**dict(shared_files(Estate(plan))), **tenant_folder(plan, tenant)}
    return check_tree(tree, plan, {tenant.id: tenant}, crds, places)


def kept(plan: Plan, tenant: Tenant) -> list[Kept]:
    """The data that a tenant leaves behind when it is removed."""
    estate = Estate(plan)
    placement = place(estate, tenant)
    days = tenant.contract.retain_days
    days = plan.platform.retention.days if days is None else days
    held = tenant_holdings(holder_of(estate, placement), placement)
    return [Kept(item.data.kind, item.aws_name, days) for item in held if item.data.retain]


def deleted(plan: Plan, tenant: Tenant) -> list[str]:
    """The data that goes with a tenant: what was declared as not to be retained."""
    estate = Estate(plan)
    placement = place(estate, tenant)
    held = tenant_holdings(holder_of(estate, placement), placement)
    return [f"{item.data.kind} {item.aws_name}" for item in held if not item.data.retain]


def summary(plan: Plan, tenant: Tenant) -> dict[str, str]:
    """Where a tenant runs, and with what, for a table."""
    placement = place(Estate(plan), tenant)
    quota = placement.tier.quota
    return {
        "tenant": tenant.id,
        "name": tenant.name,
        "tier": placement.tier_name,
        "isolation": placement.isolation,
        "cluster": placement.site.name,
        "region": placement.site.region,
        "namespace": placement.namespace,
        "services": ", ".join(unit.name for unit in placement.units),
        "quota": f"{quota.cpu} CPU, {quota.memory}, {quota.pods} pods",
    }
