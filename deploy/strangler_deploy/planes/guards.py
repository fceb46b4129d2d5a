"""What stands around the services of a namespace: Pod Security, quota, limits, network policies."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from strangler_deploy.estate import HOST, Unit
from strangler_deploy.kinds.network import aws, policy
from strangler_deploy.kinds.network.gateway import INGRESS_NAMESPACE, ROUTED
from strangler_deploy.kinds.network.route import MONOLITH
from strangler_deploy.kinds.workloads.namespace import limit_range, namespace, priority_quota, resource_quota
from strangler_deploy.kinds.workloads.pod import APP
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.planes.endpoints import needs_store, secrets, store
from strangler_deploy.planes.facade import FACADE, facade_network
from strangler_deploy.planes.home import Home

_DATA_PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306}


def guards(home: Home) -> Iterator[Manifest]:
    """The namespace and everything in it that its tenants may not change."""
    yield namespace(
        home.namespace,
        labels={**home.labels, **ROUTED},
        security=home.tier.security,
        version=home.site.cluster.version,
        origin=home.origin,
    )
    yield resource_quota("quota", home.namespace, home.tier.quota, origin=home.origin)
    yield priority_quota("quota-of-other-priorities", home.namespace, home.priority, origin=home.origin)
    yield limit_range("limits", home.namespace, home.tier.limits, origin=home.origin)
    if needs_store(home, home.held):
        yield store(home.estate, home.site, home.namespace, whose(home), home.origin)
    yield from secrets(home, home.held, whose(home))
    yield from network(home)


def whose(home: Home) -> str:
    """The tenant, or the pool: under whose name secrets stand."""
    return home.tenant or home.namespace


def network(home: Home) -> Iterator[Manifest]:
    """Default deny, and for every declared call its two ends."""
    origin = home.origin
    yield policy.default_deny(home.namespace, origin=origin)
    yield policy.platform_egress(home.namespace, pod_identity=home.site.cluster.is_eks, origin=origin)
    for unit in home.units:
        peers = list(_callers(home, unit))
        if peers:
            yield policy.allow_in(unit.name, home.namespace, peers, unit.workload.port, origin=unit_origin(unit))
        rules = list(_callees(home, unit))
        if rules:
            yield policy.allow_out(unit.name, home.namespace, rules, origin=unit_origin(unit))
        yield from _aws_network(home, unit)
    if home.has_facade:
        yield from facade_network(home, list(entrances(home)))


def _aws_network(home: Home, unit: Unit) -> Iterator[Manifest]:
    """What only AWS's engine enforces: names, and security groups for pods (on Auto Mode since Kubernetes 1.36)."""
    origin, cluster = unit_origin(unit), home.site.cluster
    if unit.workload.domains and names_are_enforced(home):
        yield aws.egress_by_name(unit.name, home.namespace, unit.workload.domains, origin=origin)
    can = cluster.compute == "nodegroups" or (cluster.compute == "auto" and cluster.version >= "1.36")
    if unit.workload.security_groups and can and not cluster.local and not home.on_premises(unit):
        labels = {APP: unit.name}
        groups = unit.workload.security_groups
        yield aws.security_groups(unit.name, home.namespace, groups, labels, origin=origin)


def names_are_enforced(home: Home) -> bool:
    """Whether the engine knows rules by name; where hybrid nodes stand beside cloud nodes, only one of two does."""
    return home.site.cluster.engine == "auto"


def unit_origin(unit: Unit) -> str:
    """Where in the plan a service's needs stand."""
    return f"strangler.yaml {unit.origin}"


def _callers(home: Home, unit: Unit) -> Iterator[Data]:
    """Who may reach a service: the services that call it, the load balancers if it has routes, Prometheus."""
    callers = [name for name in home.estate.callers[unit.name] if home.unit(name)]
    if callers:
        yield policy.pods(*callers)
    if unit.service.routes and home.has_facade:
        yield policy.pods(FACADE)
    elif unit.service.routes:
        yield from entrances(home)
    if home.estate.platform.monitoring.enabled and unit.workload.metrics:
        yield policy.everything_in(home.estate.platform.monitoring.namespace)


def entrances(home: Home) -> Iterator[Data]:
    """Where requests from outside come from: an AWS load balancer has addresses of the VPC, another one has pods."""
    if home.site.cluster.local:
        yield policy.everything_in("envoy-gateway-system")
    else:
        yield policy.block(home.site.cluster.vpc.cidr)


def _callees(home: Home, unit: Unit) -> Iterator[Data]:
    """Whom a service may reach: the services it calls, the monolith, other systems, its data."""
    for name in sorted(set(unit.workload.calls)):
        callee = home.unit(name)
        external = home.estate.platform.externals.get(name)
        if callee is not None:
            yield policy.egress([policy.pods(name)], callee.workload.port)
        elif name == "monolith":
            yield policy.egress([policy.pods(MONOLITH, namespace=INGRESS_NAMESPACE)], 8080)
        elif external is not None:
            yield policy.egress([policy.block(external.network or f"{external.address}/32")], external.port)
    yield from _stores(home, unit)


def _stores(home: Home, unit: Unit) -> Iterator[Data]:
    """The data a service has: databases in the VPC, AWS services by HTTPS."""
    used = [holding.data for holding in home.held_by(unit)]
    kinds = {data.kind for data in used}
    network_of_site = policy.block(home.site.cluster.vpc.cidr)
    for port in sorted({_DATA_PORTS[data.engine] for data in used if data.kind == "rds"}):
        yield policy.egress([network_of_site], port)
    if kinds - {"rds"} or (unit.workload.domains and not names_are_enforced(home)):
        yield policy.egress([policy.block("0.0.0.0/0")], 443)


def monolith_peer(home: Home) -> Data:
    """The monolith's address as a peer; a name cannot be one, so that then only its port is held."""
    monolith = home.estate.monolith
    assert monolith is not None and HOST.match(monolith.host)
    try:
        return policy.block(f"{ipaddress.IPv4Address(monolith.host)}/32")
    except ValueError:
        return policy.block("0.0.0.0/0")
