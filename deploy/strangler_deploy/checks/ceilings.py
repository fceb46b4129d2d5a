"""What no setting can pass: the ceilings of AWS and Kubernetes, and which of them binds first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from strangler.model import Finding, Severity
from strangler.plan.platform import Tenant
from strangler_deploy.checks.objects import Locate
from strangler_deploy.estate import Estate
from strangler_deploy.placement import Placement, place
from strangler_deploy.planes.cluster import shard_of
from strangler_deploy.planes.pools import pooled_tiers

_NEAR = 0.8


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One limit at one place: how much of it is used, and what makes more room."""

    name: str
    place: str
    limit: int
    used: int
    remedy: str
    origin: str

    @property
    def share(self) -> float:
        """How much of it is used; above 1 it does not fit."""
        return self.used / self.limit


def ceilings(estate: Estate, tenants: Mapping[str, Tenant]) -> list[Ceiling]:
    """Every ceiling with something under it, the one that binds first before the others."""
    placements = [place(estate, tenant) for tenant in tenants.values()]
    found = [*_load_balancers(estate, placements), *_clusters(estate, placements), *_accounts(estate, placements)]
    return sorted(found, key=lambda ceiling: (-ceiling.share, ceiling.name, ceiling.place))


def over(estate: Estate, tenants: Mapping[str, Tenant], locate: Locate) -> Iterator[Finding]:
    """Findings for ceilings that are passed (errors) or nearly reached (warnings)."""
    for number, ceiling in enumerate(ceilings(estate, tenants)):
        if ceiling.share > _NEAR:
            severity = Severity.ERROR if ceiling.share > 1 else Severity.WARNING
            first = " (binds first)" if number == 0 else ""
            message = f"{ceiling.place} has {ceiling.used} of at most {ceiling.limit} {ceiling.name}{first}"
            yield Finding("DEPLOY-CEILING", message, locate(ceiling.origin), ceiling.remedy, severity)


def _load_balancers(estate: Estate, placements: Iterable[Placement]) -> Iterator[Ceiling]:
    """100 target groups per ALB cannot be raised: a tenant needs one per routed service and one for the monolith."""
    groups: Counter[tuple[str, str, str]] = Counter()
    pools: set[tuple[str, str, str, str]] = set()
    for placement in placements:
        for name, declared in estate.gateways(placement.site).items():
            door = (placement.site.name, name, shard_of(name, declared, placement.id))
            if placement.isolation == "pool":
                pools.add((*door, placement.tier_name))
            else:
                groups[door] += _backends(estate, len([unit for unit in placement.units if unit.service.routes]))
    for cluster, name, shard, _ in pools:  # a pool's services are the same targets for all its tenants
        groups[cluster, name, shard] += _backends(estate, len(estate.units))
    for (cluster, name, shard), used in sorted(groups.items()):
        shards = estate.platform.gateways[name].shards
        needed = -(-used * shards // 80)
        remedy = f"set platform.gateways.{name}.shards to {needed}, or facade: {{mode: facade}} for one target a tenant"
        place_name = f"load balancer '{shard}' of cluster '{cluster}'"
        yield Ceiling("target groups", place_name, 100, used, remedy, f"strangler.yaml platform.gateways.{name}")


def _backends(estate: Estate, routed: int) -> int:
    return 1 if estate.platform.facade.mode == "facade" else routed + (1 if estate.monolith else 0)


def _clusters(estate: Estate, placements: list[Placement]) -> Iterator[Ceiling]:
    """Pod Identity associations, pods, namespaces, services: each cluster by itself."""
    use: dict[str, Counter[str]] = {name: _pool_use(estate, name) for name in estate.sites}
    for placement in placements:
        if placement.isolation != "pool":
            use.setdefault(placement.site.name, Counter()).update(_use(placement))
    for cluster, counts in sorted(use.items()):
        origin = (
            f"strangler.yaml platform.clusters.{cluster}" if cluster in estate.sites else "strangler.yaml platform.silo"
        )
        for name, limit in _PER_CLUSTER.items():
            if counts[name]:
                more = -(-counts[name] * 5 // (limit * 4))
                remedy = f"spread its tenants over {max(more, 2)} clusters (platform.clusters)"
                yield Ceiling(name, f"cluster '{cluster}'", limit, counts[name], remedy, origin)


# AWS: Pod Identity associations per cluster. Kubernetes: its documented limits for one cluster.
_PER_CLUSTER = {"Pod Identity associations": 5_000, "pods": 150_000, "namespaces": 10_000, "services": 10_000}


def _use(placement: Placement) -> Counter[str]:
    data = [unit for unit in placement.units if unit.workload.data]
    pods = sum(unit.workload.scale.max for unit in placement.units)
    return Counter(
        {
            "Pod Identity associations": len(data),
            "pods": pods,
            "namespaces": 1,
            "services": len(placement.units),
        }
    )


def _pool_use(estate: Estate, cluster: str) -> Counter[str]:
    use: Counter[str] = Counter()
    for _ in pooled_tiers(estate, estate.sites[cluster]):
        units = estate.units.values()
        use["Pod Identity associations"] += len([unit for unit in units if unit.workload.data])
        use["pods"] += sum(unit.workload.scale.max for unit in units)
        use["namespaces"] += 1
        use["services"] += len(units)
    return use


def _accounts(estate: Estate, placements: list[Placement]) -> Iterator[Ceiling]:
    """IAM roles and buckets of one account; both can be raised, up to these."""
    roles: Counter[str] = Counter()
    buckets: Counter[str] = Counter()
    for placement in placements:
        data = [item for unit in placement.units for item in unit.workload.data.values() if not item.pooled]
        data += placement.tenant.data.values()
        roles[placement.site.account] += len([unit for unit in placement.units if unit.workload.data]) + bool(data)
        buckets[placement.site.account] += len([item for item in data if item.kind == "s3"])
    remedy = "give some clusters an account of their own (platform.clusters: {…: {account: …}})"
    for name, limit, counts in (("IAM roles", 5_000, roles), ("buckets", 10_000, buckets)):
        for account, used in sorted(counts.items()):
            if used:
                yield Ceiling(name, f"account {account}", limit, used, remedy, "strangler.yaml platform.account")
