"""Plan and tenants → every file of the GitOps repository, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy.bundle import Bundle, files
from strangler_deploy.dump import dump
from strangler_deploy.estate import Estate
from strangler_deploy.placement import Placement, place
from strangler_deploy.planes import tenant as tenant_plane
from strangler_deploy.planes.cluster import baseline

MARKER = ".strangler-deploy.json"
_LAYOUT = 1


def render(plan: Plan, tenants: Mapping[str, Tenant]) -> dict[str, str]:
    """Every file by its path, in the order of paths; same input, same bytes."""
    estate = Estate(plan)
    result = dict(shared_files(estate))
    for tenant in tenants.values():
        result.update(tenant_files(estate, tenant))
    return dict(sorted(result.items()))


def shared_files(estate: Estate) -> Iterator[tuple[str, str]]:
    """What is there once for all tenants; no tenant's name is in it, so that one more changes nothing here."""
    yield MARKER, json.dumps({"layout": _LAYOUT, "product": estate.name}, indent=2, sort_keys=True) + "\n"
    for name, site in estate.sites.items():
        yield from files(Bundle(f"clusters/{name}", tuple(baseline(estate, site))))


def tenant_files(estate: Estate, tenant: Tenant) -> Iterator[tuple[str, str]]:
    """The folder ``tenants/<id>`` of one tenant."""
    placement = place(estate, tenant)
    yield f"tenants/{tenant.id}/tenant.yaml", dump(_parameters(placement))
    for bundle in tenant_plane.bundles(estate, placement):
        yield from files(bundle)


def _parameters(placement: Placement) -> dict[str, object]:
    """What the ApplicationSet reads of a tenant."""
    return {
        "tenant": placement.id,
        "tier": placement.tier_name,
        "isolation": placement.isolation,
        "cluster": placement.site.name,
        "namespace": placement.namespace,
    }
