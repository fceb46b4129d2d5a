"""What every cluster has before the first tenant: machines, storage, front doors, the way to the monolith."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan.platform import Gateway, Nodes
from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.aws.cluster import node_role
from strangler_deploy.kinds.network import aws, cilium
from strangler_deploy.kinds.network import gateway as gateways
from strangler_deploy.kinds.network.ingress import class_parameters, ingress_class
from strangler_deploy.kinds.nodes.pool import node_class, node_pool
from strangler_deploy.kinds.policies import policies
from strangler_deploy.kinds.workloads.access import cluster_role_binding, tenant_viewer
from strangler_deploy.kinds.workloads.deployment import config_map
from strangler_deploy.kinds.workloads.priority import priority_class
from strangler_deploy.kinds.workloads.storage import local_storage_class, storage_class
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.names import joined, spread
from strangler_deploy.placement import TENANT, TIER
from strangler_deploy.planes.home import priority_name
from strangler_deploy.planes.ingress import ingress_namespace


def baseline(estate: Estate, site: Site) -> Iterator[Manifest]:
    """The objects of one cluster that belong to no tenant."""
    origin = site_origin(site)
    yield from _network_engine(site)
    yield from _machines(estate, site)
    yield local_storage_class(origin=origin) if site.cluster.local else storage_class(site.cluster, origin=origin)
    yield tenant_viewer(origin=origin)
    submitters = estate.platform.policies.submitters
    yield cluster_role_binding("platform-team", "cluster-admin", submitters, origin="strangler.yaml platform.policies")
    yield from policies(estate, site)
    if site.cluster.role == "control" and len(estate.sites) > 1:
        return
    for name, tier in sorted(estate.platform.tiers.items()):
        yield priority_class(priority_name(name), tier.priority, origin=f"strangler.yaml platform.tiers.{name}")
    yield from ingress_namespace(estate, site)
    for name, declared in estate.gateways(site).items():
        yield from _front_door(site, name, declared)


def _network_engine(site: Site) -> Iterator[Manifest]:
    """On Auto Mode network policies are accepted but not enforced until this ConfigMap says so."""
    origin, cluster = site_origin(site), site.cluster
    if cluster.compute == "auto" and not cluster.local:
        data = {"enable-network-policy-controller": "true"}
        yield config_map("amazon-vpc-cni", "kube-system", data, origin=origin)
    if cluster.engine in ("auto", "vpc-cni"):
        yield aws.baseline_deny(TENANT, origin=origin)
    if cluster.hybrid and cluster.hybrid.bgp:
        yield cilium.bgp_cluster(cluster.hybrid.bgp, origin=origin)
        yield cilium.bgp_peer(origin=origin)
        yield cilium.bgp_advertisement(origin=origin)
    if cluster.hybrid and cluster.hybrid.load_balancer_addresses:
        yield cilium.address_pool(cluster.hybrid.load_balancer_addresses, origin=origin)


def _machines(estate: Estate, site: Site) -> Iterator[Manifest]:
    """Auto Mode's machines: one class, and a pool for each tier that shares its machines."""
    if site.cluster.compute != "auto" or site.cluster.local:
        return
    origin = site_origin(site)
    yield node_class(node_role(site.name), site.name, strict=site.cluster.enforcement == "strict", origin=origin)
    if site.cluster.gpu_types:
        nodes = Nodes(types=site.cluster.gpu_types, cpu="128", memory="512Gi")
        taint = ("nvidia.com/gpu", "true")
        yield node_pool("gpu", nodes, labels={"saas/gpu": "true"}, taint=taint, origin=origin)
    for name, tier in sorted(estate.platform.tiers.items()):
        place = f"strangler.yaml platform.tiers.{name}"
        yield node_pool(joined("tier", name), tier.nodes, labels={TIER: name}, taint=(TIER, name), origin=place)


def _front_door(site: Site, name: str, declared: Gateway) -> Iterator[Manifest]:
    origin = f"strangler.yaml platform.gateways.{name}"
    if declared.api == "ingress":
        yield ingress_class(name, site.cluster, origin=origin)
        if not site.cluster.local:
            yield class_parameters(name, site.cluster, declared, origin=origin)
        return
    yield gateways.gateway_class(name, gateways.controller(site.cluster, declared), origin=origin)
    parameters: Data | None = None
    if not site.cluster.local:
        yield gateways.load_balancer_configuration(name, declared, origin=origin)
        parameters = {"group": "gateway.k8s.aws", "kind": "LoadBalancerConfiguration", "name": name}
    for shard in shards(name, declared):
        yield gateways.gateway(shard, name, declared, parameters=parameters, origin=origin)


def shards(name: str, declared: Gateway) -> tuple[str, ...]:
    """The load balancers of one front door."""
    return tuple(name if number == 0 else f"{name}-{number}" for number in range(declared.shards))


def shard_of(name: str, declared: Gateway, tenant: str) -> str:
    """The load balancer that a tenant's requests come through."""
    return spread(tenant, shards(name, declared))


def site_origin(site: Site) -> str:
    """Where a cluster is declared."""
    return site.origin if site.origin.startswith("tenants/") else f"strangler.yaml {site.origin}"
