"""What every application cluster has before the first tenant: machines, front doors, the way to the monolith."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan.platform import Gateway
from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.network import gateway as gateways
from strangler_deploy.kinds.nodes.pool import node_class, node_pool
from strangler_deploy.kinds.policies import policies
from strangler_deploy.kinds.workloads.deployment import config_map
from strangler_deploy.kinds.workloads.priority import priority_class
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined, spread
from strangler_deploy.placement import TIER
from strangler_deploy.planes.home import priority_name
from strangler_deploy.planes.ingress import ingress_namespace


def baseline(estate: Estate, site: Site) -> Iterator[Manifest]:
    """The objects of one cluster that belong to no tenant."""
    yield from _network_engine(site)
    yield from _machines(estate, site)
    for name, tier in sorted(estate.platform.tiers.items()):
        origin = f"strangler.yaml platform.tiers.{name}"
        yield priority_class(priority_name(name), tier.priority, origin=origin)
    yield from ingress_namespace(estate, site)
    for name, declared in estate.gateways(site).items():
        yield from _front_door(site, name, declared)
    yield from policies(estate, site)


def _network_engine(site: Site) -> Iterator[Manifest]:
    """On Auto Mode network policies are accepted but not enforced until this ConfigMap says so."""
    if site.cluster.engine == "auto" or (site.cluster.engine == "mixed" and site.cluster.compute == "auto"):
        data = {"enable-network-policy-controller": "true"}
        yield config_map("amazon-vpc-cni", "kube-system", data, origin=site_origin(site))


def _machines(estate: Estate, site: Site) -> Iterator[Manifest]:
    if site.cluster.compute != "auto" or site.cluster.local:
        return
    yield node_class(joined(estate.name, site.name, "nodes"), site.name, origin=site_origin(site))
    for name, tier in sorted(estate.platform.tiers.items()):
        origin = f"strangler.yaml platform.tiers.{name}"
        yield node_pool(joined("tier", name), tier.nodes, labels={TIER: name}, taint=(TIER, name), origin=origin)


def _front_door(site: Site, name: str, declared: Gateway) -> Iterator[Manifest]:
    origin = f"strangler.yaml platform.gateways.{name}"
    yield gateways.gateway_class(name, gateways.controller(site.cluster, declared), origin=origin)
    for shard in shards(name, declared):
        yield gateways.gateway(shard, name, declared, parameters=None, origin=origin)


def shards(name: str, declared: Gateway) -> tuple[str, ...]:
    """The load balancers of one front door."""
    return tuple(name if number == 0 else f"{name}-{number}" for number in range(declared.shards))


def shard_of(name: str, declared: Gateway, tenant: str) -> str:
    """The load balancer that a tenant's requests come through."""
    return spread(tenant, shards(name, declared))


def site_origin(site: Site) -> str:
    """Where a cluster is declared."""
    return site.origin if site.origin.startswith("tenants/") else f"strangler.yaml {site.origin}"
