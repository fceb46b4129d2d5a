"""The folder of one tenant, as text."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan.platform import Tenant
from strangler_deploy.bundle import files, objects
from strangler_deploy.dump import dump
from strangler_deploy.estate import Estate
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.names import joined
from strangler_deploy.placement import Placement, place
from strangler_deploy.planes import tenant as tenant_plane
from strangler_deploy.planes.hosts import host_files
from strangler_deploy.planes.stores import control_namespace


def tenant_files(estate: Estate, tenant: Tenant) -> Iterator[tuple[str, str]]:
    """Path and text of each file of ``tenants/<id>``."""
    return placed_files(estate, place(estate, tenant))


def placed_files(estate: Estate, placement: Placement) -> Iterator[tuple[str, str]]:
    """The same for a tenant whose place is known."""
    yield f"tenants/{placement.id}/tenant.yaml", dump(_parameters(placement))
    for bundle in tenant_plane.bundles(estate, placement):
        yield from files(bundle)
    if placement.own_cluster:
        yield from host_files(placement.site)


def placed_objects(estate: Estate, placement: Placement) -> Iterator[tuple[str, Manifest, Data]]:
    """Every object of the folder with its path, and as the plain data that is written there."""
    for bundle in tenant_plane.bundles(estate, placement):
        yield from objects(bundle)


def _parameters(placement: Placement) -> dict[str, object]:
    """What the ApplicationSet reads of a tenant."""
    return {
        "application": joined("tenant", placement.id, "control"),
        "tenant": placement.id,
        "tier": placement.tier_name,
        "isolation": placement.isolation,
        "cluster": placement.site.name,
        "namespace": control_namespace(placement),
    }
