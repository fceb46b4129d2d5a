"""A tenant on the control cluster: its data, its permissions, and the applications that bring the rest."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.estate import Estate
from strangler_deploy.kinds.gitops.argo import Target, application, project
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.placement import Placement
from strangler_deploy.planes.eks import cluster_objects
from strangler_deploy.planes.endpoints import endpoints
from strangler_deploy.planes.provisioner import provisioner
from strangler_deploy.planes.stores import (
    Holder,
    Holding,
    holder_of,
    home_on_control,
    identity,
    resources,
    tenant_holdings,
)


def onboarding(estate: Estate, placement: Placement) -> Iterator[Manifest]:
    """Everything that the control cluster has of one tenant."""
    holder = holder_of(estate, placement)
    held = list(tenant_holdings(holder, placement))
    objects = list(_data(estate, placement, holder, held))
    # A tenant with a namespace in this very cluster has it from there.
    if objects and (placement.isolation == "pool" or placement.site.name != estate.control.name):
        yield from home_on_control(holder)
    yield from objects
    if placement.own_cluster:
        yield from cluster_objects(estate, placement.site)
    yield from _applications(estate, placement)


def _data(estate: Estate, placement: Placement, holder: Holder, held: list[Holding]) -> Iterator[Manifest]:
    for item in held:
        yield from resources(holder, item)
    if placement.isolation != "pool":
        for unit in placement.units:
            yield from identity(holder, unit, held, placement.namespace)
    yield from endpoints(holder, held)
    if held and estate.platform.identity.provisioners:
        yield from provisioner(placement, holder, held)


def _applications(estate: Estate, placement: Placement) -> Iterator[Manifest]:
    """A project that holds the tenant in its own namespace, and one application per folder."""
    delivery, origin = estate.platform.delivery, placement.origin
    name, folder = joined("tenant", placement.id), f"tenants/{placement.id}"
    windows = [window for window in delivery.windows if not window.tiers or placement.tier_name in window.tiers]
    target = Target(placement.site.name, placement.namespace)
    yield project(name, delivery, [target], windows=windows, cluster_kinds=(), is_tenant=True, origin=origin)
    if placement.own_cluster:
        cluster = Target(placement.site.name, "default")
        yield application(
            joined("cluster", placement.id), "platform", delivery, f"{folder}/cluster", cluster, origin=origin
        )
    if placement.isolation != "pool":
        around = f"{name}-platform"
        yield application(around, "platform", delivery, f"{folder}/platform", target, origin=origin)
    yield application(name, name, delivery, f"{folder}/app", target, origin=origin)
