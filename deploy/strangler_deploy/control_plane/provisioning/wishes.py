"""What a tenant may wish for on this platform; each refusal says by which rule."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Finding, Location
from strangler.plan.platform import Tenant
from strangler_deploy.control_plane.provisioning.declaration import Declaration, tenant_path
from strangler_deploy.placement import place
from strangler_deploy.planes.stores import holder_of, holdings, pool_holder, tenant_holdings
from strangler_deploy.tenancy import misplaced


def unfit(declaration: Declaration, tenant: Tenant) -> Iterator[Finding]:
    """What of a wish the platform does not have or does not allow; only a wish without any can be rendered."""
    wrong = list(misplaced(declaration.plan, tenant))
    yield from wrong or _abroad(declaration, tenant)


def abandoned(declaration: Declaration, before: Tenant, after: Tenant) -> Iterator[Finding]:
    """The data that a change would leave where the tenant's services do not look any more."""
    left = sorted(_reached(declaration, before) - _reached(declaration, after))
    if left:
        message = f"tenant '{after.id}' has data that it would reach no more: {', '.join(left)}"
        hint = f"bring it along (strangler tenant move {after.id} lists the steps), then ask with leave_data: true"
        yield Finding("TENANT-DATA", message, Location(tenant_path(after.id)), hint)


def _reached(declaration: Declaration, tenant: Tenant) -> set[str]:
    """What a tenant's services work on, by name and region: its own, or what it shares with its pool."""
    estate = declaration.estate
    placement = place(estate, tenant)
    if placement.isolation == "pool":
        names = {unit.name for unit in placement.units}
        pooled = holdings(pool_holder(estate, placement.site, placement.tier_name))
        held = [item for item in pooled if names & set(item.users)]
    else:
        held = list(tenant_holdings(holder_of(estate, placement), placement))
    return {f"{item.aws_name} ({placement.site.region})" for item in held}


def _abroad(declaration: Declaration, tenant: Tenant) -> Iterator[Finding]:
    """A contract that keeps data in a region, and a cluster in another one."""
    residency, site = tenant.contract.residency, place(declaration.estate, tenant).site
    if residency and residency != site.region:
        message = f"the contract keeps data in {residency}, but cluster '{site.name}' is in {site.region}"
        hint = f"name a cluster in {residency}, or ask for a silo"
        yield Finding("TENANT-RESIDENCY", message, Location(tenant_path(tenant.id)), hint)
