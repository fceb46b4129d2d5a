"""What a tenant may wish for on this platform; each refusal says by which rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from strangler.model import Finding, Location
from strangler.plan.platform import Tenant
from strangler_deploy.control_plane.provisioning.declaration import Declaration, tenant_path
from strangler_deploy.estate import Site
from strangler_deploy.placement import place


def unfit(declaration: Declaration, tenant: Tenant) -> Iterator[Finding]:
    """What of a wish the platform does not have or does not allow; only a wish without any can be rendered."""
    names = list(_unknown(declaration, tenant))
    yield from names
    if not names:
        yield from _misplaced(declaration, tenant)


def _finding(tenant: Tenant, rule: str, message: str, hint: str) -> Finding:
    return Finding(rule, message, Location(tenant_path(tenant.id)), hint)


def _unknown(declaration: Declaration, tenant: Tenant) -> Iterator[Finding]:
    platform = declaration.plan.platform
    wished: tuple[tuple[str, tuple[str, ...], Callable[[], list[str]]], ...] = (
        ("tier", (tenant.tier,), lambda: sorted(platform.tiers)),
        ("cluster", (tenant.cluster,) if tenant.cluster else (), lambda: sorted(platform.clusters)),
        ("service", tenant.services or (), lambda: sorted(declaration.plan.services)),
        ("service", _users(tenant), lambda: sorted(declaration.plan.services)),
    )
    for what, names, known in wished:
        for name in names:
            if name not in known():
                message = f"the platform has no {what} '{name}'"
                yield _finding(tenant, "TENANT-UNKNOWN", message, f"it has {', '.join(known()) or 'none'}")


def _users(tenant: Tenant) -> tuple[str, ...]:
    return tuple(name for data in tenant.data.values() for name in data.services)


def _misplaced(declaration: Declaration, tenant: Tenant) -> Iterator[Finding]:
    site = place(declaration.estate, tenant).site
    clusters = declaration.plan.platform.clusters
    if site.cluster.role == "control" and any(cluster.role != "control" for cluster in clusters.values()):
        message = f"cluster '{site.name}' is the control plane's: policy 'no-tenant-workload' keeps tenants out of it"
        yield _finding(tenant, "TENANT-PLACEMENT", message, "leave out 'cluster', or name an application cluster")
    owner = site.cluster.dedicated_to
    if owner not in (None, tenant.id):
        message = f"cluster '{site.name}' is dedicated to tenant '{owner}'"
        yield _finding(tenant, "TENANT-PLACEMENT", message, "leave out 'cluster'")
    yield from _abroad(tenant, site)


def _abroad(tenant: Tenant, site: Site) -> Iterator[Finding]:
    residency = tenant.contract.residency
    if residency and residency != site.region:
        message = f"the contract keeps data in {residency}, but cluster '{site.name}' is in {site.region}"
        yield _finding(tenant, "TENANT-RESIDENCY", message, f"name a cluster in {residency}, or ask for a silo")
