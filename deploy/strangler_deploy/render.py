"""Plan and tenants → every file of the GitOps repository, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy.bundle import Bundle, files
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.aws.resource import PLATFORM_NAMESPACE
from strangler_deploy.mould import folders
from strangler_deploy.placement import pool_namespace
from strangler_deploy.planes.cluster import baseline
from strangler_deploy.planes.control import control
from strangler_deploy.planes.hosts import host_files
from strangler_deploy.planes.pools import pool, pooled_tiers
from strangler_deploy.tenancy import require_placeable

MARKER = ".strangler-deploy.json"
_LAYOUT = 1


def render(plan: Plan, tenants: Mapping[str, Tenant]) -> dict[str, str]:
    """Every file by its path, in the order of paths; same input, same bytes.

    Raises:
        PlanError: a tenant names what the plan has not.
    """
    require_placeable(plan, tenants)
    estate = Estate(plan)
    result = dict(shared_files(estate))
    for folder in folders(estate, tenants.values()):
        result.update(folder)
    return dict(sorted(result.items()))


def shared_files(estate: Estate) -> Iterator[tuple[str, str]]:
    """What is there once for all tenants; no tenant's name is in it, so that one more changes nothing here."""
    yield MARKER, json.dumps({"layout": _LAYOUT, "product": estate.name}, indent=2, sort_keys=True) + "\n"
    yield from files(Bundle("control", tuple(control(estate)), PLATFORM_NAMESPACE))
    for name, site in estate.sites.items():
        yield from files(Bundle(f"clusters/{name}", tuple(baseline(estate, site))))
        for tier in pooled_tiers(estate, site):
            yield from files(
                Bundle(f"clusters/{name}/pool-{tier}", tuple(pool(estate, site, tier)), pool_namespace(tier))
            )
        yield from host_files(site)
