"""The services of a namespace: pods, accounts, scale, and the routes to them."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.estate import Unit
from strangler_deploy.kinds.network.gateway import INGRESS_NAMESPACE
from strangler_deploy.kinds.network.route import MONOLITH, Backend, Door, catch_all, routes
from strangler_deploy.kinds.workloads.deployment import deployment, disruption_budget, service, service_account
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.planes.guards import unit_origin
from strangler_deploy.planes.home import Home


def services(home: Home) -> Iterator[Manifest]:
    """Everything that runs in the namespace."""
    for unit in home.units:
        yield from _service(home, unit)


def _service(home: Home, unit: Unit) -> Iterator[Manifest]:
    origin = unit_origin(unit)
    pod = home.pod(unit)
    yield service_account(unit.name, home.namespace, origin=origin, labels=home.labels)
    yield service(unit.name, home.namespace, 80, selector=pod.selector, labels=pod.labels, origin=origin)
    yield deployment(pod, home.namespace, replicas=unit.workload.scale.min, origin=origin)
    if unit.workload.scale.min > 1:
        yield disruption_budget(unit.name, home.namespace, origin=origin)


def tenant_routes(home: Home, door: Door, prefix: str = "") -> Iterator[Manifest]:
    """The routes of one tenant: each service's paths, and the monolith for every other one.

    Weights begin with the monolith having everything; from then on they belong to whoever shifts traffic.
    """
    monolith = Backend(MONOLITH, 100, INGRESS_NAMESPACE)
    for unit in home.units:
        if unit.service.routes:
            backends = (Backend(unit.name, 0), monolith) if home.estate.monolith else (Backend(unit.name, 100),)
            name = joined(prefix, unit.name) if prefix else unit.name
            yield from routes(name, home.namespace, door, unit.service.routes, backends, origin=unit_origin(unit))
    if home.estate.monolith:
        name = joined(prefix, "monolith") if prefix else "monolith"
        yield catch_all(name, home.namespace, door, (monolith,), origin=home.origin)
