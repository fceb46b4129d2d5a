"""One tenant: the folder of its own that onboarding adds."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.bundle import Bundle
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.network.gateway import INGRESS_NAMESPACE, reference_grant
from strangler_deploy.kinds.network.route import MONOLITH, Door
from strangler_deploy.kinds.nodes.pool import node_pool
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.placement import TENANT, Placement
from strangler_deploy.planes.cluster import shard_of
from strangler_deploy.planes.guards import guards
from strangler_deploy.planes.home import home_of, node_pool_name, pool_home
from strangler_deploy.planes.services import services, tenant_routes


def bundles(estate: Estate, placement: Placement) -> Iterator[Bundle]:
    """The tenant's folders: what the platform owns in its cluster, and what runs for it."""
    folder = f"tenants/{placement.id}"
    platform = tuple(_platform(estate, placement))
    if platform:
        yield Bundle(f"{folder}/platform", platform, placement.namespace)
    yield Bundle(f"{folder}/app", tuple(_app(estate, placement)), placement.namespace)


def _platform(estate: Estate, placement: Placement) -> Iterator[Manifest]:
    """What surrounds the tenant's services; a pool's is the pool's own."""
    if placement.isolation == "pool":
        return
    home = home_of(estate, placement)
    yield from guards(home)
    if estate.monolith:
        grant = joined("tenant", placement.id)
        sources, targets = [placement.namespace], [MONOLITH]
        yield reference_grant(grant, sources, targets, namespace=INGRESS_NAMESPACE, origin=placement.origin)
    nodes = placement.tier.nodes
    if nodes.dedicated and home.has_node_pools:
        name = node_pool_name(nodes, placement.tier_name, placement.id)
        labels, taint = {TENANT: placement.id}, (TENANT, placement.id)
        yield node_pool(name, nodes, labels=labels, taint=taint, origin=placement.origin)


def _app(estate: Estate, placement: Placement) -> Iterator[Manifest]:
    pooled = placement.isolation == "pool"
    home = pool_home(estate, placement.site, placement.tier_name) if pooled else home_of(estate, placement)
    if not pooled:
        yield from services(home)
    for name, declared in estate.gateways(placement.site).items():
        by_path = declared.tenants_by == "path"
        host = declared.host if by_path else f"{placement.id}.{declared.host}"
        door = Door(shard_of(name, declared, placement.id), host, f"/{placement.id}" if by_path else "")
        yield from tenant_routes(home, door, placement.id if pooled else "")
