"""What the ``platform:`` section must not say against itself or against the services of the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from strangler.plan.platform import Cluster, Platform, Workload

_MONOLITH = "monolith"


class Mistake(NamedTuple):
    """One of them: the rule, the place below ``platform``, and what to do."""

    rule: str
    path: tuple[str | int, ...]
    message: str
    hint: str


def mistakes(platform: Platform, services: Collection[str]) -> Iterator[Mistake]:
    """Every mistake, in no particular order."""
    for path, name, kind, known in _uses(platform, services):
        if name not in known:
            hint = f"known: {', '.join(sorted(known)) or 'none'}"
            yield Mistake("PLAN-UNKNOWN", path, f"there is no {kind} '{name}'", hint)
    pool = next((name for name, tier in platform.tiers.items() if tier.isolation == "pool"), None)
    for name, workload in platform.workloads.items():
        yield from _workload(name, workload, pool)
    for name in platform.externals:
        if name in services or name == _MONOLITH:
            yield Mistake("PLAN-TWICE", ("externals", name), f"'{name}' is a service already", "give it another name")
    yield from _clusters(platform)


_Use = tuple[tuple[str | int, ...], str, str, Collection[str]]


def _uses(platform: Platform, services: Collection[str]) -> Iterator[_Use]:
    """Every name that stands for something declared elsewhere: its place, itself, its kind, what there is."""
    callees = {*services, *platform.externals, _MONOLITH}
    for name, workload in platform.workloads.items():
        yield ("workloads", name), name, "service", services
        yield from ((("workloads", name, "calls"), callee, "service or external", callees) for callee in workload.calls)
    for name, gateway in platform.gateways.items():
        path = ("gateways", name, "clusters")
        yield from ((path, cluster, "cluster", platform.clusters) for cluster in gateway.clusters)
    for number, window in enumerate(platform.delivery.windows):
        yield from ((("delivery", "windows", number, "tiers"), tier, "tier", platform.tiers) for tier in window.tiers)


def _workload(name: str, workload: Workload, pool: str | None) -> Iterator[Mistake]:
    if workload.scale.min > workload.scale.max:
        path = ("workloads", name, "scale")
        yield Mistake("PLAN-RANGE", path, "scale.min is more than scale.max", "a service needs min ≤ max")
    for data_name, data in workload.data.items():
        data_path = ("workloads", name, "data", data_name)
        if data.kind == "sagemaker" and not data.image:
            hint = "set image: to the model's container"
            yield Mistake("PLAN-DATA", data_path, "a SageMaker endpoint needs an image", hint)
        if pool and not data.pooled:
            message = f"the pods of tier '{pool}' serve all its tenants, so that '{data_name}' must be pooled there"
            hint = "set pooled: true (in bridge and silo each tenant has its own all the same)"
            yield Mistake("PLAN-DATA", data_path, message, hint)


def _clusters(platform: Platform) -> Iterator[Mistake]:
    clusters = platform.clusters
    owners: dict[str, str] = {}
    for name, cluster in clusters.items():
        yield from _node_groups(name, cluster)
        yield from _owner(name, cluster, owners)
    if sum(cluster.role == "control" for cluster in clusters.values()) > 1:
        hint = "set role: application on all but one"
        yield Mistake("PLAN-TWICE", ("clusters",), "there are two control clusters", hint)
    if len(clusters) > 1 and all(item.role == "control" or item.dedicated_to for item in clusters.values()):
        hint = "add a cluster with role: application"
        yield Mistake("PLAN-CLUSTERS", ("clusters",), "no cluster is there for shared tenants", hint)


def _node_groups(name: str, cluster: Cluster) -> Iterator[Mistake]:
    for group_name, group in cluster.node_groups.items():
        if group.min > group.max:
            path = ("clusters", name, "node_groups", group_name)
            yield Mistake("PLAN-RANGE", path, "min is more than max", "a node group needs min ≤ max")


def _owner(name: str, cluster: Cluster, owners: dict[str, str]) -> Iterator[Mistake]:
    owner, path = cluster.dedicated_to, ("clusters", name, "dedicated_to")
    if owner is None:
        return
    if owners.setdefault(owner, name) != name:
        message = f"tenant '{owner}' has cluster '{owners[owner]}' already"
        yield Mistake("PLAN-TWICE", path, message, "a silo is one cluster")
    if cluster.role == "control":
        yield Mistake("PLAN-TWICE", path, "a control cluster cannot be a tenant's", "set role: application")
