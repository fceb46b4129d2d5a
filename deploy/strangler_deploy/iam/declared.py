"""What the plan says about who uses which data, read from the plan alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from strangler.plan.platform import Data, Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.names import joined
from strangler_deploy.placement import Placement, place


@dataclass(frozen=True, slots=True, order=True)
class User:
    """A service as it works for one tenant."""

    cluster: str
    namespace: str
    service: str
    tenant: str


Uses = Mapping[str, Data]
"""Name of the data resource (as the label ``strangler/data`` has it) → how it is used."""


def declared(estate: Estate, tenants: Mapping[str, Tenant]) -> dict[User, Uses]:
    """Which data each service uses for each tenant; nothing on clusters that AWS does not know."""
    found: dict[User, dict[str, Data]] = defaultdict(dict)
    for tenant in tenants.values():
        placement = place(estate, tenant)
        if placement.site.cluster.is_eks:
            for service, name, data in _of(placement):
                user = User(placement.site.name, placement.namespace, service, placement.id)
                found[user][name] = data
    return dict(found)


def _of(placement: Placement) -> Iterator[tuple[str, str, Data]]:
    for unit in placement.units:
        for name, data in unit.workload.data.items():
            yield unit.name, joined(unit.name, name), data
    for name, own in placement.tenant.data.items():
        for service in own.services:
            yield service, joined("own", name), own


def tenants_of(estate: Estate, tenants: Mapping[str, Tenant]) -> dict[tuple[str, str], list[str]]:
    """Cluster and namespace → the tenants that are served there."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for tenant in tenants.values():
        placement = place(estate, tenant)
        found[placement.site.name, placement.namespace].append(placement.id)
    return found
