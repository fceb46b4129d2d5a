"""What the plan says about who reaches whom, read from the plan alone: what the manifests are held against."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from strangler.plan.platform import Data, Tenant
from strangler_deploy.estate import Estate, Site, Unit
from strangler_deploy.network.endpoints import Address
from strangler_deploy.network.rules import Network
from strangler_deploy.placement import place, pool_namespace

PROXY = ("platform-ingress", "monolith-proxy")
PROXY_PORT = 8080
FACADE = "facade"
SAAS, SAAS_PORT, CONTROL_PLANE = "platform-saas", 8080, "control-plane"
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
    named: dict[App, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Domain names that a service may reach at 443, where names are enforced."""
    identities: set[App] = field(default_factory=set)
    """Services whose pods need AWS credentials."""


def declared(estate: Estate, tenants: Mapping[str, Tenant]) -> dict[str, Declared]:
    """The declared connections by cluster."""
    found: dict[str, Declared] = {name: Declared() for name in estate.sites}
    for site, namespace, units in _homes(estate, tenants):
        cluster = found.setdefault(site.name, Declared())
        for unit in units.values():
            _calls(cluster, estate, namespace, unit, units)
            _outside(cluster, estate, App(namespace, unit.name), unit)
            _data(cluster, site, App(namespace, unit.name), _used(unit, namespace, tenants))
            _names(cluster, site, App(namespace, unit.name), unit)
            _inside(cluster, estate, site, App(namespace, unit.name), unit)
        if units:
            _usage(cluster, estate, App(namespace, FACADE))
    for name, site in sites(estate, tenants).items():
        if site.cluster.role == "application" or len(estate.sites) == 1:
            _proxy(found.setdefault(name, Declared()), estate, site)
    _saas(found.setdefault(estate.control.name, Declared()), estate)
    return found


def _saas(cluster: Declared, estate: Estate) -> None:
    """The services of the control plane: each other, AWS, the load balancers, Prometheus."""
    saas, site, monitoring = estate.platform.saas, estate.control, estate.platform.monitoring
    names = sorted([*saas.services, *([CONTROL_PLANE] if saas.control_plane else [])])
    for name in names:
        app = App(SAAS, name)
        if name == CONTROL_PLANE:  # it is asked, and asks nobody here
            _of_our_own(cluster, estate, app)
        else:
            for other in names:
                cluster.calls[app, App(SAAS, other)].add(SAAS_PORT)
        cluster.out[app].add((EVERYWHERE, 443))
        cluster.into[app].add((ipaddress.ip_network(site.cluster.vpc.cidr), SAAS_PORT))
        if monitoring.enabled:
            cluster.watched[app].add((monitoring.namespace, SAAS_PORT))


def _of_our_own(cluster: Declared, estate: Estate, app: App) -> None:
    """Our control plane: the repository that it commits to, and its database."""
    site, repository = estate.control, urlsplit(estate.platform.delivery.repository)
    cluster.out[app].add((EVERYWHERE, repository.port or (22 if repository.scheme == "ssh" else 443)))
    cluster.out[app].add((ipaddress.ip_network(site.cluster.vpc.cidr), _DATABASES["postgres"]))
    if site.cluster.is_eks:
        cluster.identities.add(app)


def sites(estate: Estate, tenants: Mapping[str, Tenant]) -> dict[str, Site]:
    """Every cluster: the declared ones, and those that tenants have for themselves."""
    own = (place(estate, tenant).site for tenant in tenants.values())
    return {**estate.sites, **{site.name: site for site in own}}


def _homes(estate: Estate, tenants: Mapping[str, Tenant]) -> Iterator[tuple[Site, str, Mapping[str, Unit]]]:
    """Each namespace once, with the services in it: pools stand before their first tenant comes, and have them all."""
    for name in estate.shared_sites:
        for tier, declared_tier in estate.platform.tiers.items():
            if declared_tier.isolation == "pool":
                yield estate.sites[name], pool_namespace(tier), estate.units
    for tenant in tenants.values():
        placement = place(estate, tenant)
        if placement.isolation != "pool":
            yield placement.site, placement.namespace, {unit.name: unit for unit in placement.units}


def _calls(cluster: Declared, estate: Estate, namespace: str, unit: Unit, units: Mapping[str, Unit]) -> None:
    caller = App(namespace, unit.name)
    for name in unit.workload.calls:
        if name in units:
            cluster.calls[caller, App(namespace, name)].add(units[name].workload.port)
        elif name == "monolith" and estate.monolith:
            cluster.calls[caller, App(*PROXY)].add(PROXY_PORT)


def _outside(cluster: Declared, estate: Estate, app: App, unit: Unit) -> None:
    for name in unit.workload.calls:
        external = estate.platform.externals.get(name)
        if external is not None and name not in estate.units:
            network = external.network or f"{external.address}/32"
            cluster.out[app].add((ipaddress.ip_network(network), external.port))


def _used(unit: Unit, namespace: str, tenants: Mapping[str, Tenant]) -> list[Data]:
    """The data a service reaches there: in a pool what is pooled, elsewhere its own and what the tenant's file adds."""
    of_pool = namespace.startswith("pool-")
    declared_data = [data for data in unit.workload.data.values() if data.pooled or not of_pool]
    own = tenants.get(namespace.removeprefix("tenant-"))
    more = [data for data in own.data.values() if unit.name in data.services] if own and not of_pool else []
    return [*declared_data, *more]


def _data(cluster: Declared, site: Site, app: App, used: Sequence[Data]) -> None:
    """Databases are in the VPC, other stores are services of AWS; elsewhere there are none."""
    if not site.cluster.is_eks:
        return
    if used:
        cluster.identities.add(app)
    vpc = ipaddress.ip_network(site.cluster.vpc.cidr)
    for data in used:
        cluster.out[app].add((vpc, _DATABASES[data.engine]) if data.kind == "rds" else (EVERYWHERE, 443))


def _names(cluster: Declared, site: Site, app: App, unit: Unit) -> None:
    """Only Auto Mode holds pods to names; elsewhere a name opens its port."""
    if not unit.workload.domains:
        return
    if site.cluster.engine == "auto":
        cluster.named[app].update(unit.workload.domains)
    else:
        cluster.out[app].add((EVERYWHERE, 443))


def _inside(cluster: Declared, estate: Estate, site: Site, app: App, unit: Unit) -> None:
    """Requests come through the load balancers, or through the namespace's own facade where it has one."""
    monitoring = estate.platform.monitoring
    if unit.service.routes and estate.platform.facade.mode == "facade":
        facade = App(app.namespace, FACADE)
        cluster.calls[facade, app].add(unit.workload.port)
        if estate.monolith:
            cluster.calls[facade, App(*PROXY)].add(PROXY_PORT)
        _entrance(cluster, site, facade, PROXY_PORT)
    elif unit.service.routes:
        _entrance(cluster, site, app, unit.workload.port)
    if monitoring.enabled and unit.workload.metrics:
        cluster.watched[app].add((monitoring.namespace, unit.workload.port))


def _usage(cluster: Declared, estate: Estate, facade: App) -> None:
    """A namespace's own facade reports what tenants use, where the plan says."""
    usage = estate.plan.facade.usage
    if usage is None or estate.platform.facade.mode != "facade" or estate.platform.secrets.store == "none":
        return
    address = urlsplit(usage.url)
    try:
        network: Network = ipaddress.ip_network(address.hostname or "")
    except ValueError:
        network = EVERYWHERE
    cluster.out[facade].add((network, address.port or (443 if address.scheme == "https" else 80)))


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


def ports_to(wanted: Declared, app: App, address: Address, *, has_identity: bool) -> set[tuple[str, int]]:
    """The ports (with protocol) at which an app may reach an address; names are asked for anywhere."""
    ip = ipaddress.ip_address(address.ip)
    found = {("TCP", port) for network, port in wanted.out.get(app, ()) if ip in network}
    if address.name in wanted.named.get(app, ()):
        found.add(("TCP", 443))
    found |= {("TCP", DNS), ("UDP", DNS)}
    if has_identity and address.ip == AGENT:
        found.add(("TCP", 80))
    return found


def ports_from(declared_into: set[tuple[Network, int]], address: Address) -> set[tuple[str, int]]:
    """The ports at which an address may reach an app."""
    ip = ipaddress.ip_address(address.ip)
    return {("TCP", port) for network, port in declared_into if ip in network}
