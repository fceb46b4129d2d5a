"""Pool, bridge and silo for one tenant, side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from strangler.plan import Plan
from strangler.plan.platform import Isolation, Tenant
from strangler_deploy.checks.ceilings import Ceiling, ceilings
from strangler_deploy.estate import Estate
from strangler_deploy.folder import tenant_files
from strangler_deploy.placement import Placement, place
from strangler_deploy.quantities import cpus
from strangler_deploy.tenancy import require_placeable

_CORES = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64}


@dataclass(frozen=True, slots=True)
class Choice:
    """What one isolation means: machines, room, who is hit together, and the fullest ceiling.

    ``cpu`` is what the tenant's pods ask for at their least, ``room`` how often that fits into its quota,
    ``neighbours`` how many tenants share its fate when its namespace or cluster fails.
    """

    isolation: Isolation
    cluster: str
    namespace: str
    nodes: int
    cpu: Decimal
    room: Decimal
    shared_with: str
    neighbours: int
    objects: int
    fullest: Ceiling | None


def compare(plan: Plan, tenants: Mapping[str, Tenant], tenant: Tenant) -> list[Choice]:
    """The three choices for a tenant among the others.

    Raises:
        PlanError: a tenant names what the plan has not.
    """
    require_placeable(plan, {**tenants, tenant.id: tenant})
    return [_choice(plan, tenants, tenant, isolation) for isolation in get_args(Isolation)]


def _choice(plan: Plan, tenants: Mapping[str, Tenant], tenant: Tenant, isolation: Isolation) -> Choice:
    estate = Estate(plan)
    # A silo is on a cluster of its own, the other two are on shared ones.
    named = tenant.cluster if tenant.cluster in estate.shared_sites and isolation != "silo" else None
    moved = tenant.model_copy(update={"isolation": isolation, "cluster": named})
    everybody = {**tenants, tenant.id: moved}
    placement = place(estate, moved)
    needed = _cpu(placement)
    quota = cpus(placement.tier.quota.cpu)
    all_ceilings = [item for item in ceilings(estate, everybody) if placement.site.name in item.place]
    return Choice(
        isolation=isolation,
        cluster=placement.site.name,
        namespace=placement.namespace,
        nodes=_nodes(placement, needed),
        cpu=needed,
        room=(quota / needed).quantize(Decimal("0.1")) if needed else Decimal(0),
        shared_with=_SHARED[isolation],
        neighbours=_neighbours(estate, everybody, placement),
        objects=sum(1 for path, _ in tenant_files(estate, moved) if not path.endswith("kustomization.yaml")),
        fullest=all_ceilings[0] if all_ceilings else None,
    )


_SHARED: Mapping[Isolation, str] = {
    "pool": "pods, namespace, quota, machines, cluster",
    "bridge": "machines unless dedicated, cluster",
    "silo": "nothing but the account",
}


def _cpu(placement: Placement) -> Decimal:
    """What its pods ask for at their least."""
    return sum((cpus(u.workload.resources.cpu) * u.workload.scale.min for u in placement.units), Decimal(0))


def _nodes(placement: Placement, needed: Decimal) -> int:
    """Machines that are there for this tenant alone: none in a pool, or of the smallest size that is allowed."""
    alone = placement.isolation == "silo" or (placement.isolation == "bridge" and placement.tier.nodes.dedicated)
    if not alone:
        return 0
    sizes = [name.partition(".")[2] for name in placement.tier.nodes.types] or list(placement.tier.nodes.sizes)
    smallest = min((_CORES.get(size, 2) for size in sizes), default=2)
    usable = Decimal(smallest) * Decimal("0.9")  # the rest is the system's
    return max(math.ceil(needed / usable), placement.site.cluster.zones if placement.isolation == "silo" else 1)


def _neighbours(estate: Estate, tenants: Mapping[str, Tenant], placement: Placement) -> int:
    others = (place(estate, other) for name, other in tenants.items() if name != placement.id)
    if placement.isolation == "pool":
        return sum((o.site.name, o.namespace) == (placement.site.name, placement.namespace) for o in others)
    return sum(other.site.name == placement.site.name for other in others)
