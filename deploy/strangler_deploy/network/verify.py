"""Holds the manifests against the declaration: what is allowed is what is declared, no more and no less."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from strangler.model import Finding, Location, Severity
from strangler.plan.platform import Tenant
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate, Site
from strangler_deploy.network.declared import DNS, App, Declared, declared, sites
from strangler_deploy.network.endpoints import Pod, engines_of, pods
from strangler_deploy.network.enforcement import inert
from strangler_deploy.network.kinds import read
from strangler_deploy.network.matrix import matrix
from strangler_deploy.network.outside import outside
from strangler_deploy.network.reach import DIRECTIONS, Flow, Span, permits
from strangler_deploy.network.rules import LAST_PORT, Network
from strangler_deploy.network.world import World
from strangler_deploy.placement import TIER

APP = "app.kubernetes.io/name"
STRANGER, FORGOTTEN = "(any pod)", "(a pod without labels)"
_PLANE = "saas/plane"  # of a namespace that holds objects for ACK alone, and no pods
_MOST, _ENOUGH = 20, 10_000
"""So many undeclared connections of one cluster are named, and so many counted."""


@dataclass(frozen=True)
class Cluster:
    """One cluster under proof."""

    site: Site
    world: World
    wanted: Declared

    def app(self, number: int) -> App:
        """The service that a pod belongs to, by its label; without one it is known by its owner's name."""
        pod = self.world.pods[number]
        return App(pod.namespace, pod.labels.get(APP, pod.name))


def findings(documents: Sequence[Document], estate: Estate, tenants: Mapping[str, Tenant]) -> Iterator[Finding]:
    """Every difference between what the policies allow and what the plan declares."""
    by_cluster: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_cluster[document.cluster].append(document)
    wanted = declared(estate, tenants)
    for site in sites(estate, tenants).values():
        yield from of_cluster(site, by_cluster[site.name], wanted[site.name], documents)


def of_cluster(site: Site, own: Sequence[Document], wanted: Declared, every: Sequence[Document]) -> Iterator[Finding]:
    """The same for one cluster; ``every`` also has what the control cluster says about it."""
    cluster = Cluster(site, make_world(site, own, wanted), wanted)
    if not cluster.world.pods:
        return
    open_wide = list(inert(site, own, every))
    yield from open_wide
    if not open_wide:
        yield from _pairs(cluster)
        yield from outside(cluster.world, wanted, site, cluster.app)


def make_world(site: Site, documents: Sequence[Document], wanted: Declared) -> World:
    """Pods and policies of a cluster, and for each namespace that watches it one pod of others."""
    found = pods(documents, site.cluster.engine)
    found += [*_forgotten(site, documents), *_strangers(site, {pod.namespace for pod in found}, wanted)]
    policies = [rules for document in documents for rules in read(document)]
    vpc = [] if site.cluster.local else [site.cluster.vpc.cidr]
    return World(found, policies, [ipaddress.ip_network(cidr) for cidr in vpc])


def _forgotten(site: Site, documents: Sequence[Document]) -> Iterator[Pod]:
    """In each namespace of tenants, the pod that nobody thought of when the policies were written."""
    for document in documents:
        if document.kind == "Namespace" and TIER in document.labels and document.labels.get(_PLANE) != "control":
            labels = {"kubernetes.io/metadata.name": document.name, **document.labels}
            for engine in engines_of({}, site.cluster.engine):
                yield Pod(document.name, FORGOTTEN, {}, labels, engine, location=document.location)


def _strangers(site: Site, present: set[str], wanted: Declared) -> Iterator[Pod]:
    """A pod that nothing guards, in a namespace of nobody's and in each that watches the services."""
    watching = {namespace for who in wanted.watched.values() for namespace, _ in who}
    for namespace in sorted({"default", *watching} - present):
        for engine in engines_of({}, site.cluster.engine):
            yield Pod(namespace, STRANGER, {}, {"kubernetes.io/metadata.name": namespace}, engine)


def _place(site: Site) -> Location:
    return Location(site.origin if site.origin.startswith("tenants/") else f"strangler.yaml {site.origin}")


def _pairs(cluster: Cluster) -> Iterator[Finding]:
    yield from _too_open(cluster)
    yield from _too_closed(cluster)


def _too_open(cluster: Cluster) -> Iterator[Finding]:
    """Connections that nobody declared, those between namespaces first."""
    found = []
    for source, target, spans in matrix(cluster.world):
        extra = [span for span in spans if not _is_wanted(cluster, source, target, span)]
        if extra:
            found.append((source, target, extra))
        if len(found) >= _ENOUGH:
            break
    pods = cluster.world.pods
    found.sort(key=lambda pair: pods[pair[0]].namespace == pods[pair[1]].namespace)
    for source, target, extra in found[:_MOST]:
        yield _open(cluster, source, target, extra)
    if len(found) > _MOST:
        message = f"cluster '{cluster.site.name}' has {len(found) - _MOST} more connections that nobody declared"
        yield Finding("NETWORK-OPEN", message, _place(cluster.site), "mend those above first")


def _open(cluster: Cluster, source: int, target: int, spans: Sequence[Span]) -> Finding:
    ends = cluster.world.pods[source], cluster.world.pods[target]
    message = f"{ends[0]} may reach {ends[1]} at {_told(spans)}, which nobody declared"
    hint = "declare it (platform.workloads: {…: {calls: […]}}), or take away the policy that allows it"
    return Finding("NETWORK-OPEN", message, ends[1].location, hint)


def _told(spans: Sequence[Span]) -> str:
    if len(spans) == 3 and all((first, last) == (0, LAST_PORT) for _, first, last in spans):
        return "every port"
    return ", ".join(f"{p} {first}" if first == last else f"{p} {first}-{last}" for p, first, last in spans)


def _is_wanted(cluster: Cluster, source: int, target: int, span: Span) -> bool:
    protocol, first, last = span
    caller, callee, wanted = cluster.app(source), cluster.app(target), cluster.wanted
    strangers = {cluster.world.pods[end].name == STRANGER for end in (source, target)}
    if strangers == {True}:
        return True  # what others do among themselves
    ports = set(wanted.calls.get((caller, callee), ()))
    ports |= {port for namespace, port in wanted.watched.get(callee, ()) if namespace == caller.namespace}
    if cluster.world.pods[target].name == STRANGER:  # whom nothing guards, and a declared block may hold
        ports |= {DNS, *(port for network, port in wanted.out.get(caller, ()) if _meets_pods(cluster, network))}
    if cluster.world.pods[source].name == STRANGER:
        ports |= {port for network, port in wanted.into.get(callee, ()) if _meets_pods(cluster, network)}
    return first == last and first in ports and (protocol == "TCP" or first == DNS)


def _meets_pods(cluster: Cluster, network: Network) -> bool:
    return any(network.overlaps(own) for own in cluster.world.networks)


def _too_closed(cluster: Cluster) -> Iterator[Finding]:
    """Declared connections that do not come about."""
    by_app: dict[App, list[Pod]] = defaultdict(list)
    for number, pod in enumerate(cluster.world.pods):
        by_app[cluster.app(number)].append(pod)
    yield from _absent(cluster, by_app)
    for (caller, callee), ports in sorted(cluster.wanted.calls.items()):
        for port in sorted(ports):
            for source in by_app[caller]:
                for target in by_app[callee]:
                    yield from _closed(cluster, Flow(source, target, port))
    yield from _unwatched(cluster, by_app)


def _absent(cluster: Cluster, by_app: Mapping[App, Sequence[Pod]]) -> Iterator[Finding]:
    wanted = cluster.wanted
    named = {app for pair in wanted.calls for app in pair} | {*wanted.out, *wanted.into, *wanted.watched}
    for app in sorted(named - set(by_app)):
        message = f"no pods of {app.namespace}/{app.name} are in cluster '{cluster.site.name}', although it is declared"
        hint = f"its pods are known by the label {APP}"
        yield Finding("NETWORK-ABSENT", message, _place(cluster.site), hint)


def _unwatched(cluster: Cluster, by_app: Mapping[App, Sequence[Pod]]) -> Iterator[Finding]:
    strangers = [pod for pod in cluster.world.pods if pod.name == STRANGER]
    for app, who in sorted(cluster.wanted.watched.items()):
        for namespace, port in sorted(who):
            for source in (pod for pod in strangers if pod.namespace == namespace):
                for target in by_app[app]:
                    yield from _closed(cluster, Flow(source, target, port))


def _closed(cluster: Cluster, flow: Flow) -> Iterator[Finding]:
    shut = [d for d in DIRECTIONS if not permits(cluster.world, flow, d)]
    if not shut:
        return
    source, target = flow.source, flow.target
    assert isinstance(source, Pod) and isinstance(target, Pod)
    if source.engine != target.engine:
        message = (
            f"{source} reaches {target} by declaration, but on hybrid nodes Cilium does not know cloud pods by label"
        )
        hint = "keep both on one kind of node (placement: cloud or on-premises)"
        yield Finding("NETWORK-CROSSING", message, target.location, hint, Severity.WARNING)
        return
    ends = " and ".join(f"the {'sender' if d == 'egress' else 'receiver'}'s {d}" for d in shut)
    message = f"{source} cannot reach {target} at TCP {flow.port}, as declared: {ends} does not allow it"
    yield Finding("NETWORK-CLOSED", message, target.location, "both ends need a policy; ports are those of pods")
