"""What a tenant may wish for on this platform; each refusal says by which rule."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Finding, Location
from strangler.plan.platform import Tenant
from strangler_deploy.control_plane.provisioning.declaration import Declaration, tenant_path
from strangler_deploy.placement import place
from strangler_deploy.tenancy import misplaced


def unfit(declaration: Declaration, tenant: Tenant) -> Iterator[Finding]:
    """What of a wish the platform does not have or does not allow; only a wish without any can be rendered."""
    wrong = list(misplaced(declaration.plan, tenant))
    yield from wrong or _abroad(declaration, tenant)


def _abroad(declaration: Declaration, tenant: Tenant) -> Iterator[Finding]:
    """A contract that keeps data in a region, and a cluster in another one."""
    residency, site = tenant.contract.residency, place(declaration.estate, tenant).site
    if residency and residency != site.region:
        message = f"the contract keeps data in {residency}, but cluster '{site.name}' is in {site.region}"
        hint = f"name a cluster in {residency}, or ask for a silo"
        yield Finding("TENANT-RESIDENCY", message, Location(tenant_path(tenant.id)), hint)
