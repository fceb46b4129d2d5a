"""C9 and C10: replicas and surge into quota, quota into machines, the largest container into the smallest machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from strangler.model import Finding, Location, Severity
from strangler.plan.platform import Nodes, Tier
from strangler_deploy.capacity.machines import allocatable, machines
from strangler_deploy.capacity.quantities import quantity
from strangler_deploy.conflicts.context import Context, at, at_site, at_unit, conflict
from strangler_deploy.estate import Site, Unit
from strangler_deploy.placement import Placement

_SURGE = 1
_SHARE = Decimal("0.9")  # of a pool of machines; system pods and DaemonSets have the rest
_GIB = Decimal(1024**3)


def findings(context: Context) -> Iterator[Finding]:
    """What does not fit."""
    yield from of_each(context)
    yield from of_all(context)


def of_each(context: Context) -> Iterator[Finding]:
    """What does not fit whoever else is there."""
    for placement in _namespaces(context):
        yield from _rollouts(context, placement)
        if placement.site.cluster.compute == "auto" and placement.tier.nodes.dedicated:
            yield from _short([placement], placement.tier.nodes, placement.site, f"tenant '{placement.id}'")
    yield from _tiers(context)


def of_all(context: Context) -> Iterator[Finding]:
    """What does not fit for all together; it takes every tenant to know."""
    yield from _pools(context)
    yield from _fixed(context)


def _namespaces(context: Context) -> Iterator[Placement]:
    """One placement for each namespace: a pool is counted once."""
    seen: set[tuple[str, str]] = set()
    for placement in context.placements:
        key = (placement.site.name, placement.namespace)
        if key not in seen:
            seen.add(key)
            yield placement


def _rollouts(context: Context, placement: Placement) -> Iterator[Finding]:
    """C9: a rollout whose surge does not fit into the quota hangs."""
    quota = placement.tier.quota
    units = context.estate.units.values() if placement.isolation == "pool" else placement.units
    needs = [_needs(unit) for unit in units]
    sums = [sum((need[i] for need in needs), Decimal(0)) for i in range(3)]
    for what, needed, has, scale in (
        ("pods", sums[0], Decimal(quota.pods), Decimal(1)),
        ("cpu", sums[1], quantity(quota.cpu), Decimal(1)),
        ("memory", sums[2], quantity(quota.memory), _GIB),
    ):
        if needed > has:
            unit = "Gi" if what == "memory" else ""
            message = (
                f"namespace '{placement.namespace}' may have {_told(has / scale)}{unit} {what}; its services at their "
                f"largest, with one pod of surge each, need {_told(needed / scale)}{unit}"
            )
            hint = f"raise quota.{what} of tier '{placement.tier_name}', or lower scale.max or the limits"
            yield conflict(9, message, _at_quota(placement), hint)


def _needs(unit: Unit) -> tuple[Decimal, Decimal, Decimal]:
    """Pods, cores and bytes of a service at its largest, with one more pod during a rollout."""
    scale, resources = unit.workload.scale, unit.workload.resources
    count = Decimal(max([scale.max, *(schedule.replicas for schedule in scale.schedules)]) + _SURGE)
    return count, quantity(resources.max_cpu) * count, quantity(resources.max_memory) * count


def _told(value: Decimal) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _at_quota(placement: Placement) -> Location:
    own = placement.tenant.quota is not None and placement.isolation != "pool"
    return at(f"{placement.origin} quota" if own else f"strangler.yaml platform.tiers.{placement.tier_name}")


def _tiers(context: Context) -> Iterator[Finding]:
    """C10: no container may be allowed, or declared, that fits no machine."""
    for name, tier in sorted(context.estate.platform.tiers.items()):
        place = at(f"strangler.yaml platform.tiers.{name}")
        if not tier.nodes.on_premises and _makes_nodes(context):
            yield from _too_small(tier, name, place)
        for unit in context.estate.units.values():
            yield from _too_large(unit, name, quantity(tier.limits.max_cpu), quantity(tier.limits.max_memory))


def _too_small(tier: Tier, name: str, place: Location) -> Iterator[Finding]:
    """A container fits if one of the machines takes it; where types are listed, each should."""
    wanted = quantity(tier.limits.max_cpu), quantity(tier.limits.max_memory)
    found = [allocatable(*m) for m in machines(tier.nodes.types, tier.nodes.categories, tier.nodes.sizes)]
    small = [room for room in found if wanted[0] > room[0] or wanted[1] > room[1]]
    if found and (len(small) == len(found) or (small and tier.nodes.types)):
        severity = Severity.ERROR if len(small) == len(found) else Severity.NOTE
        message = (
            f"tier '{name}' lets a container have {tier.limits.max_cpu} cores and {tier.limits.max_memory}; "
            f"its smallest machine leaves {_told(found[0][0])} and {_told(found[0][1] / _GIB)}Gi for pods"
        )
        hint = "lower limits.max_cpu and max_memory, or name larger nodes.types or sizes"
        yield conflict(10, message, place, hint, severity)


def _makes_nodes(context: Context) -> bool:
    return any(site.cluster.compute == "auto" for site in context.sites.values())


def _too_large(unit: Unit, tier: str, cores: Decimal, memory: Decimal) -> Iterator[Finding]:
    resources = unit.workload.resources
    if quantity(resources.max_cpu) > cores or quantity(resources.max_memory) > memory:
        message = (
            f"service '{unit.name}' may have {resources.max_cpu} cores and {resources.max_memory}; "
            f"tier '{tier}' refuses containers above {_told(cores)} and {_told(memory / _GIB)}Gi"
        )
        yield conflict(10, message, at_unit(unit), f"raise limits of tier '{tier}', or lower the service's resources")
    if quantity(resources.cpu) > quantity(resources.max_cpu) or quantity(resources.memory) > quantity(
        resources.max_memory
    ):
        message = f"service '{unit.name}' asks for more than it may have"
        yield conflict(
            10, message, at_unit(unit), "requests (cpu, memory) are at most the limits (max_cpu, max_memory)"
        )


def _pools(context: Context) -> Iterator[Finding]:
    """C10: what all quotas on a pool of machines promise must be there."""
    promised: dict[tuple[str, str], list[Placement]] = defaultdict(list)
    for placement in _namespaces(context):
        if placement.site.cluster.compute == "auto" and not placement.tier.nodes.dedicated:
            promised[placement.site.name, placement.tier_name].append(placement)
    for (site, tier), members in sorted(promised.items()):
        yield from _short(members, context.estate.platform.tiers[tier].nodes, context.sites[site], f"tier '{tier}'")


def _short(members: list[Placement], nodes: Nodes, site: Site, whose: str) -> Iterator[Finding]:
    """What runs even at night must fit (an error); what quotas promise should (a warning: quotas are upper bounds)."""
    for what, has in (("cpu", quantity(nodes.cpu)), ("memory", quantity(nodes.memory))):
        usable = has * _SHARE
        promised = sum((quantity(getattr(p.tier.quota, what)) for p in members), Decimal(0))
        needed = sum((_at_least(unit, what) for p in members for unit in p.units), Decimal(0))
        for total, verb, severity in ((needed, "need", Severity.ERROR), (promised, "promise", Severity.WARNING)):
            if total > usable:
                yield _shortage(members[0], what, (total, has), f"{len(members)} namespaces {verb}", whose, severity)
                break


def _shortage(
    first: Placement, what: str, amounts: tuple[Decimal, Decimal], who: str, whose: str, severity: Severity
) -> Finding:
    scale, unit = (_GIB, "Gi") if what == "memory" else (Decimal(1), "")
    total, has = (f"{_told(amount / scale)}{unit}" for amount in amounts)
    message = f"{who} {total} {what} on the machines of {whose} in cluster '{first.site.name}', which grow to {has}"
    place = first.origin if whose.startswith("tenant") else f"strangler.yaml platform.tiers.{first.tier_name}"
    hint = f"raise nodes.{what}, lower the quotas, or spread over more clusters"
    return conflict(10, message, at(place), hint, severity)


def _at_least(unit: Unit, what: str) -> Decimal:
    return quantity(getattr(unit.workload.resources, what)) * unit.workload.scale.min


def _fixed(context: Context) -> Iterator[Finding]:
    """C10: what stands in a data centre does not grow: GPUs promised there must be there."""
    promised: dict[str, int] = defaultdict(int)
    for placement in _namespaces(context):
        promised[placement.site.name] += placement.tier.quota.gpus
    for name, count in sorted(promised.items()):
        site = context.sites[name]
        hybrid = site.cluster.hybrid
        if hybrid and not site.cluster.gpu_types and count > hybrid.gpus:
            message = f"quotas promise {count} GPUs in cluster '{name}', and its data centre has {hybrid.gpus}"
            hint = "hybrid capacity is fixed: lower quota.gpus, or name gpu_types for machines in the cloud"
            yield conflict(10, message, at_site(site), hint)
