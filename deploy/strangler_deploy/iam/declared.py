"""What the plan says about who uses which data, read from the plan alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from strangler.plan.platform import Data, Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.names import joined
from strangler_deploy.placement import Placement, place, pool_namespace


@dataclass(frozen=True, slots=True, order=True)
class User:
    """A service as it works for one tenant; ``pool`` is the namespace of the pool's data, "" outside one."""

    cluster: str
    namespace: str
    service: str
    tenant: str
    pool: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """Whom a namespace works for, and the namespace of the pool's data if it is one."""

    tenants: tuple[str, ...] = ()
    pool: str = ""


Uses = Mapping[str, Data]
"""Name of the data resource (as the label ``strangler/data`` has it) → how it is used."""


def declared(estate: Estate, tenants: Mapping[str, Tenant]) -> dict[User, Uses]:
    """Which data each service uses for each tenant; nothing on clusters that AWS does not know."""
    found: dict[User, dict[str, Data]] = defaultdict(dict)
    for tenant in tenants.values():
        placement = place(estate, tenant)
        if placement.site.cluster.is_eks:
            for service, name, data in _of(placement):
                user = User(placement.site.name, placement.namespace, service, placement.id, _pool(estate, placement))
                found[user][name] = data
    return dict(found)


def _of(placement: Placement) -> Iterator[tuple[str, str, Data]]:
    for unit in placement.units:
        for name, data in unit.workload.data.items():
            yield unit.name, joined(unit.name, name), data
    for name, own in placement.tenant.data.items():
        for service in own.services:
            yield service, joined("own", name), own


def _pool(estate: Estate, placement: Placement) -> str:
    """Where the pool's data stands on the control cluster: each site has a pool of its own."""
    if placement.isolation != "pool":
        return ""
    if placement.site.name == estate.control.name:
        return pool_namespace(placement.tier_name)
    return joined("pool", placement.tier_name, placement.site.name)


def served_in(estate: Estate, tenants: Mapping[str, Tenant]) -> dict[tuple[str, str], Served]:
    """Cluster and namespace → whom it works for."""
    found: dict[tuple[str, str], list[Placement]] = defaultdict(list)
    for tenant in tenants.values():
        placement = place(estate, tenant)
        found[placement.site.name, placement.namespace].append(placement)
    return {key: Served(tuple(p.id for p in here), _pool(estate, here[0])) for key, here in found.items()}
