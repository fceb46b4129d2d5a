"""The namespace that a tier's pool tenants share on one site."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.network.gateway import INGRESS_NAMESPACE, reference_grant
from strangler_deploy.kinds.network.route import MONOLITH
from strangler_deploy.manifest import Manifest
from strangler_deploy.placement import pool_namespace
from strangler_deploy.planes.endpoints import endpoints
from strangler_deploy.planes.guards import guards
from strangler_deploy.planes.home import pool_home
from strangler_deploy.planes.services import services
from strangler_deploy.planes.stores import holdings, home_on_control, identity, pool_holder, resources


def pooled_tiers(estate: Estate, site: Site) -> list[str]:
    """The tiers that have a pool on a site."""
    if site.name not in estate.shared_sites:
        return []
    return [name for name, tier in sorted(estate.platform.tiers.items()) if tier.isolation == "pool"]


def pool(estate: Estate, site: Site, tier: str) -> Iterator[Manifest]:
    """Everything in the shared namespace."""
    home = pool_home(estate, site, tier)
    yield from guards(home)
    if estate.monolith:
        yield reference_grant(
            home.namespace, [home.namespace], [MONOLITH], namespace=INGRESS_NAMESPACE, origin=home.origin
        )
    yield from services(home)


def pool_data(estate: Estate, site: Site, tier: str) -> Iterator[Manifest]:
    """The pool's data and its services' permissions, on the control cluster."""
    holder = pool_holder(estate, site, tier)
    held = list(holdings(holder))
    if not held:
        return
    if site.name != estate.control.name:
        yield from home_on_control(holder)
    for item in held:
        yield from resources(holder, item)
    for unit in holder.units:
        yield from identity(holder, unit, held, pool_namespace(tier))
    yield from endpoints(holder, held)
