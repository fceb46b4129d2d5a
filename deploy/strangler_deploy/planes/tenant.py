"""One tenant: the folder of its own that onboarding adds."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.bundle import Bundle
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.network.aws import tenant_isolation
from strangler_deploy.kinds.network.gateway import INGRESS_NAMESPACE, reference_grant
from strangler_deploy.kinds.network.ingress import ingress
from strangler_deploy.kinds.network.route import MONOLITH, Door
from strangler_deploy.kinds.nodes.pool import node_pool
from strangler_deploy.kinds.workloads.access import role_binding
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.placement import TENANT, Placement
from strangler_deploy.planes.cluster import baseline, shard_of
from strangler_deploy.planes.facade import FACADE
from strangler_deploy.planes.guards import guards, unit_origin
from strangler_deploy.planes.home import Home, home_of, node_pool_name, pool_home
from strangler_deploy.planes.onboarding import onboarding
from strangler_deploy.planes.services import services, tenant_routes
from strangler_deploy.planes.stores import control_namespace


def bundles(estate: Estate, placement: Placement) -> Iterator[Bundle]:
    """The tenant's folders: on the control cluster, around its services, what runs for it, a cluster of its own."""
    folder = f"tenants/{placement.id}"
    yield Bundle(f"{folder}/control", tuple(onboarding(estate, placement)), control_namespace(placement))
    if placement.own_cluster:
        yield Bundle(f"{folder}/cluster", tuple(baseline(estate, placement.site)))
    platform = tuple(_platform(estate, placement))
    if platform:
        yield Bundle(f"{folder}/platform", platform, placement.namespace)
    yield Bundle(f"{folder}/app", tuple(_app(estate, placement)), placement.namespace)


def _platform(estate: Estate, placement: Placement) -> Iterator[Manifest]:
    """What surrounds the tenant's services; a pool's is the pool's own."""
    if placement.isolation == "pool":
        return
    home = home_of(estate, placement)
    origin = placement.origin
    yield from guards(home)
    if estate.monolith:
        grant, sources = joined("tenant", placement.id), [placement.namespace]
        yield reference_grant(grant, sources, [MONOLITH], namespace=INGRESS_NAMESPACE, origin=origin)
    if placement.site.cluster.engine in ("auto", "vpc-cni"):
        yield tenant_isolation(TENANT, placement.id, priority=100, origin=origin)
    if placement.tenant.administrators:
        groups = placement.tenant.administrators
        yield role_binding(
            "administrators", placement.namespace, "ClusterRole", "tenant-administrator", groups, origin=origin
        )
    nodes = placement.tier.nodes
    if nodes.dedicated and home.has_node_pools:
        name = node_pool_name(nodes, placement.tier_name, placement.id)
        labels, taint = {TENANT: placement.id}, (TENANT, placement.id)
        yield node_pool(name, nodes, labels=labels, taint=taint, origin=origin)


def _app(estate: Estate, placement: Placement) -> Iterator[Manifest]:
    pooled = placement.isolation == "pool"
    home = pool_home(estate, placement.site, placement.tier_name) if pooled else home_of(estate, placement)
    if not pooled:
        yield from services(home)
    for name, declared in estate.gateways(placement.site).items():
        by_path = declared.tenants_by == "path"
        host = declared.host if by_path else f"{placement.id}.{declared.host}"
        door = Door(shard_of(name, declared, placement.id), host, f"/{placement.id}" if by_path else "")
        if declared.api == "ingress":
            yield from _ingresses(home, name, door, placement.id if pooled else "")
        else:
            yield from tenant_routes(home, door, placement.id if pooled else "")


def _ingresses(home: Home, class_name: str, door: Door, prefix: str) -> Iterator[Manifest]:
    """The same routes as Ingresses; these know no weights and no other namespace, so that a facade takes all."""
    if home.has_facade:
        name = joined(prefix, FACADE) if prefix else FACADE
        yield ingress(name, home.namespace, class_name, door.host, door.prefix, (), FACADE, origin=home.origin)
        return
    for unit in home.units:
        if unit.service.routes:
            name = joined(prefix, unit.name) if prefix else unit.name
            routes, origin = unit.service.routes, unit_origin(unit)
            yield ingress(name, home.namespace, class_name, door.host, door.prefix, routes, unit.name, origin=origin)
