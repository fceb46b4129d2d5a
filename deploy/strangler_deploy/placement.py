"""Where a tenant runs, and with what: its file over its tier over the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from strangler.plan.fields import Section
from strangler.plan.platform import Isolation, Tenant, Tier
from strangler_deploy.estate import Estate, Site, Unit
from strangler_deploy.names import joined, spread

TENANT, TIER = "saas/tenant", "saas/tier"

_S = TypeVar("_S", bound=Section)


@dataclass(frozen=True, slots=True)
class Placement:
    """One tenant, resolved; ``tier`` has the tenant's own quota, limits and nodes in it."""

    tenant: Tenant
    tier_name: str
    tier: Tier
    isolation: Isolation
    site: Site
    namespace: str
    units: tuple[Unit, ...]
    own_cluster: bool

    @property
    def id(self) -> str:
        """The tenant's id."""
        return self.tenant.id

    @property
    def origin(self) -> str:
        """The tenant's file."""
        return f"tenants/{self.tenant.id}.yaml"

    @property
    def labels(self) -> dict[str, str]:
        """What every object of the tenant carries."""
        return {TENANT: self.tenant.id, TIER: self.tier_name}


def place(estate: Estate, tenant: Tenant, site: Site | None = None) -> Placement:
    """Resolve one tenant; whether the names in it exist has been checked before.

    ``site`` is where it runs if that is known already.
    """
    tier = estate.platform.tiers[tenant.tier]
    isolation = isolation_of(estate, tenant)
    site, own = (site, False) if site else site_of(estate, tenant)
    update = {
        "quota": _over(tier.quota, tenant.quota),
        "limits": _over(tier.limits, tenant.limits),
        "nodes": _over(tier.nodes, tenant.nodes),
    }
    return Placement(
        tenant=tenant,
        tier_name=tenant.tier,
        tier=tier.model_copy(update=update),
        isolation=isolation,
        site=site,
        namespace=pool_namespace(tenant.tier) if isolation == "pool" else tenant_namespace(tenant.id),
        units=_units(estate, tenant),
        own_cluster=own,
    )


def tenant_namespace(tenant: str) -> str:
    """The namespace of a tenant that has its own; the prefix keeps it from being one of the system's."""
    return joined("tenant", tenant)


def pool_namespace(tier: str) -> str:
    """The namespace that the tenants of a tier share."""
    return joined("pool", tier)


def isolation_of(estate: Estate, tenant: Tenant) -> Isolation:
    """What its file says, or else its tier."""
    return tenant.isolation or estate.platform.tiers[tenant.tier].isolation


def site_of(estate: Estate, tenant: Tenant) -> tuple[Site, bool]:
    """The tenant's cluster, and whether it is one that only its file asks for."""
    if tenant.cluster:
        return estate.sites[tenant.cluster], False
    if isolation_of(estate, tenant) != "silo":
        return estate.sites[spread(tenant.id, estate.shared_sites or tuple(estate.sites))], False
    dedicated = [site for site in estate.sites.values() if site.cluster.dedicated_to == tenant.id]
    if dedicated:
        return dedicated[0], False
    residency = tenant.contract.residency
    cluster = estate.platform.silo.model_copy(
        update={"dedicated_to": tenant.id, **({"region": residency} if residency else {})}
    )
    return estate.site(joined("silo", tenant.id), cluster, f"tenants/{tenant.id}.yaml"), True


def _units(estate: Estate, tenant: Tenant) -> tuple[Unit, ...]:
    wanted = estate.units if tenant.services is None else tenant.services
    return tuple(estate.units[name] for name in sorted(wanted))


def _over(base: _S, own: _S | None) -> _S:
    """The tier's values, with those that the tenant's file names in their place."""
    return base.model_copy(update={name: getattr(own, name) for name in own.model_fields_set}) if own else base
