"""The services of a namespace: pods, accounts, scale, and the routes to them."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.estate import Unit
from strangler_deploy.kinds.network.gateway import INGRESS_NAMESPACE
from strangler_deploy.kinds.network.route import MONOLITH, Backend, Door, catch_all, routes
from strangler_deploy.kinds.workloads.deployment import deployment, disruption_budget, service, service_account
from strangler_deploy.kinds.workloads.external import endpoint_slice
from strangler_deploy.kinds.workloads.monitoring import alert_rules, service_monitor
from strangler_deploy.kinds.workloads.pod import Pod
from strangler_deploy.kinds.workloads.rollout import gates, rollout
from strangler_deploy.kinds.workloads.scaling import autoscaler, scaled_object
from strangler_deploy.kinds.workloads.storage import claim
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.planes.facade import FACADE, facade
from strangler_deploy.planes.guards import unit_origin
from strangler_deploy.planes.home import Home


def services(home: Home) -> Iterator[Manifest]:
    """Everything that runs in the namespace."""
    yield from externals(home)
    if home.estate.platform.monitoring.enabled and home.units:
        yield alert_rules("alerts", home.namespace, home.labels, origin=home.origin)
    if home.has_facade:
        yield from facade(home)
    for unit in home.units:
        yield from _service(home, unit)


def _service(home: Home, unit: Unit) -> Iterator[Manifest]:
    origin = unit_origin(unit)
    pod = home.pod(unit)
    yield service_account(unit.name, home.namespace, origin=origin, labels=home.labels)
    yield service(unit.name, home.namespace, 80, selector=pod.selector, labels=pod.labels, origin=origin)
    yield from _running(home, unit, pod, origin)
    if unit.workload.volume:
        yield claim(joined(unit.name, "data"), home.namespace, unit.workload.volume, origin=origin)
    if unit.workload.scale.min > 1 and not home.suspended:
        yield disruption_budget(unit.name, home.namespace, origin=origin)
    monitored = home.estate.platform.monitoring
    if monitored.enabled and unit.workload.metrics:
        yield service_monitor(unit.name, home.namespace, unit.workload.metrics, monitored.interval, origin=origin)


def _running(home: Home, unit: Unit, pod: Pod, origin: str) -> Iterator[Manifest]:
    """The pods, and the one who decides how many there are; a suspended tenant has none, and nobody decides."""
    scale, canary = unit.workload.scale, unit.workload.delivery == "canary"
    scaled = (scale.max > scale.min or bool(scale.schedules)) and not home.suspended
    replicas = 0 if home.suspended else None if scaled else scale.min
    if canary:
        prometheus = f"http://prometheus.{home.estate.platform.monitoring.namespace}.svc:9090"
        yield gates(unit.name, home.namespace, unit.service.rollout, prometheus, origin=origin)
        yield rollout(pod, home.namespace, unit.service.rollout, replicas=replicas, origin=origin)
    else:
        yield deployment(pod, home.namespace, replicas=replicas, origin=origin)
    if scaled:
        make = scaled_object if scale.schedules else autoscaler
        yield make(unit.name, home.namespace, scale, "Rollout" if canary else "Deployment", origin=origin)


def externals(home: Home) -> Iterator[Manifest]:
    """The systems outside that services of this namespace call, each under its name."""
    called = {callee for unit in home.units for callee in unit.workload.calls}
    for name, external in sorted(home.estate.platform.externals.items()):
        if name in called:
            origin = f"strangler.yaml platform.externals.{name}"
            yield service(name, home.namespace, external.port, origin=origin)
            yield endpoint_slice(name, home.namespace, external.address, external.port, origin=origin)


def tenant_routes(home: Home, door: Door, prefix: str = "") -> Iterator[Manifest]:
    """The routes of one tenant: each service's paths, and the monolith for every other one.

    Weights begin with the monolith having everything; from then on they belong to whoever shifts traffic. Where a
    facade splits traffic, everything goes to it.
    """
    if home.has_facade:
        name = joined(prefix, FACADE) if prefix else FACADE
        yield catch_all(name, home.namespace, door, (Backend(FACADE, 100),), origin=home.origin)
        return
    monolith = Backend(MONOLITH, 100, INGRESS_NAMESPACE)
    for unit in home.units:
        if unit.service.routes:
            backends = (Backend(unit.name, 0), monolith) if home.estate.monolith else (Backend(unit.name, 100),)
            name = joined(prefix, unit.name) if prefix else unit.name
            yield from routes(name, home.namespace, door, unit.service.routes, backends, origin=unit_origin(unit))
    if home.estate.monolith:
        name = joined(prefix, "monolith") if prefix else "monolith"
        yield catch_all(name, home.namespace, door, (monolith,), origin=home.origin)
