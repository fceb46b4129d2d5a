"""What the plan says about who reaches whom, read from the plan alone: what the manifests are held against."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from strangler.plan.platform import Tenant
from strangler_deploy.estate import Estate, Site, Unit
from strangler_deploy.network.endpoints import Address
from strangler_deploy.network.rules import Network
from strangler_deploy.placement import place, pool_namespace

PROXY = ("platform-ingress", "monolith-proxy")
PROXY_PORT = 8080
AGENT, DNS, METADATA = "169.254.170.23", 53, "169.254.169.254"
EVERYWHERE = ipaddress.ip_network("0.0.0.0/0")
_DATABASES = {"postgres": 5432, "mysql": 3306, "mariadb": 3306}


class App(NamedTuple):
    """A service of a namespace."""

    namespace: str
    name: str


@dataclass
class Declared:
    """One cluster: calls between services (with the port), and what goes out and comes in by network and port."""

    calls: dict[tuple[App, App], set[int]] = field(default_factory=lambda: defaultdict(set))
    out: dict[App, set[tuple[Network, int]]] = field(default_factory=lambda: defaultdict(set))
    into: dict[App, set[tuple[Network, int]]] = field(default_factory=lambda: defaultdict(set))
    watched: dict[App, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    """Namespaces whose pods may reach a service: Prometheus, and the pods of a front door in the cluster."""
    identities: set[App] = field(default_factory=set)
    """Services whose pods need AWS credentials."""


def declared(estate: Estate, tenants: Mapping[str, Tenant]) -> dict[str, Declared]:
    """The declared connections by cluster."""
    found: dict[str, Declared] = {name: Declared() for name in estate.sites}
    for site, namespace, units in _homes(estate, tenants):
        cluster = found.setdefault(site.name, Declared())
        for unit in units.values():
            _calls(cluster, estate, namespace, unit, units)
            _outside(cluster, estate, site, App(namespace, unit.name), unit)
            _inside(cluster, estate, site, App(namespace, unit.name), unit)
    for name, site in estate.sites.items():
        _proxy(found[name], estate, site)
    return found


def _homes(estate: Estate, tenants: Mapping[str, Tenant]) -> Iterator[tuple[Site, str, Mapping[str, Unit]]]:
    """Each namespace once, with the services in it: a pool has all of them."""
    seen: set[tuple[str, str]] = set()
    for tenant in tenants.values():
        placement = place(estate, tenant)
        key = (placement.site.name, placement.namespace)
        if key not in seen:
            seen.add(key)
            pooled = placement.isolation == "pool"
            units = estate.units if pooled else {unit.name: unit for unit in placement.units}
            assert not pooled or placement.namespace == pool_namespace(placement.tier_name)
            yield placement.site, placement.namespace, units


def _calls(cluster: Declared, estate: Estate, namespace: str, unit: Unit, units: Mapping[str, Unit]) -> None:
    caller = App(namespace, unit.name)
    for name in unit.workload.calls:
        if name in units:
            cluster.calls[caller, App(namespace, name)].add(units[name].workload.port)
        elif name == "monolith" and estate.monolith:
            cluster.calls[caller, App(*PROXY)].add(PROXY_PORT)


def _outside(cluster: Declared, estate: Estate, site: Site, app: App, unit: Unit) -> None:
    for name in unit.workload.calls:
        external = estate.platform.externals.get(name)
        if external is not None and name not in estate.units:
            network = external.network or f"{external.address}/32"
            cluster.out[app].add((ipaddress.ip_network(network), external.port))
    vpc = ipaddress.ip_network(site.cluster.vpc.cidr)
    if unit.workload.data:
        cluster.identities.add(app)
    for data in unit.workload.data.values():
        cluster.out[app].add((vpc, _DATABASES[data.engine]) if data.kind == "rds" else (EVERYWHERE, 443))
    if unit.workload.domains:
        cluster.out[app].add((EVERYWHERE, 443))


def _inside(cluster: Declared, estate: Estate, site: Site, app: App, unit: Unit) -> None:
    monitoring = estate.platform.monitoring
    if unit.service.routes:
        _entrance(cluster, site, app, unit.workload.port)
    if monitoring.enabled and unit.workload.metrics:
        cluster.watched[app].add((monitoring.namespace, unit.workload.port))


def _entrance(cluster: Declared, site: Site, app: App, port: int) -> None:
    if site.cluster.local:
        cluster.watched[app].add(("envoy-gateway-system", port))
    else:
        cluster.into[app].add((ipaddress.ip_network(site.cluster.vpc.cidr), port))


def _proxy(cluster: Declared, estate: Estate, site: Site) -> None:
    monolith = estate.monolith
    if monolith is None:
        return
    _entrance(cluster, site, App(*PROXY), PROXY_PORT)
    try:
        network: Network = ipaddress.ip_network(monolith.host)
    except ValueError:
        network = EVERYWHERE  # a name is no block: only its port can be held
    cluster.out[App(*PROXY)].add((network, monolith.port))


def ports_to(declared_out: set[tuple[Network, int]], address: Address, *, has_identity: bool) -> set[tuple[str, int]]:
    """The ports (with protocol) at which an app may reach an address; names are asked for anywhere."""
    ip = ipaddress.ip_address(address.ip)
    found = {("TCP", port) for network, port in declared_out if ip in network}
    found |= {("TCP", DNS), ("UDP", DNS)}
    if has_identity and address.ip == AGENT:
        found.add(("TCP", 80))
    return found


def ports_from(declared_into: set[tuple[Network, int]], address: Address) -> set[tuple[str, int]]:
    """The ports at which an address may reach an app."""
    ip = ipaddress.ip_address(address.ip)
    return {("TCP", port) for network, port in declared_into if ip in network}
