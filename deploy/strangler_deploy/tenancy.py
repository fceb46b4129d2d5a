"""Whether tenants fit the plan: what they name must be there, and what is another's is not theirs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from strangler.errors import PlanError
from strangler.model import Finding, Location
from strangler.plan import Places, Plan
from strangler.plan.platform import Tenant

_RULE = "DEPLOY-TENANT"
_POLICY = "where policy 'no-tenant-workload' admits none"
Wrong = Callable[[str, str, str], Finding]


def require_placeable(plan: Plan, tenants: Mapping[str, Tenant], places: Places | None = None) -> None:
    """Make sure that every tenant can be rendered.

    Raises:
        PlanError: some cannot; it has a finding for each mistake.
    """
    findings = [finding for tenant in tenants.values() for finding in misplaced(plan, tenant, places)]
    if findings:
        ordered = sorted(findings, key=lambda finding: finding.order)
        raise PlanError(f"{len(ordered)} mistake{'s' * (len(ordered) != 1)} in tenants", ordered)


def misplaced(plan: Plan, tenant: Tenant, places: Places | None = None) -> Iterator[Finding]:
    """A finding for every name in a tenant's file that the plan has not."""
    platform = plan.platform

    def wrong(key: str, message: str, hint: str) -> Finding:
        origin = f"tenants/{tenant.id}.yaml {key}"
        place = places.location(origin) if places else Location(f"tenants/{tenant.id}.yaml")
        return Finding(_RULE, f"tenant '{tenant.id}' {message}", place, hint)

    if tenant.tier not in platform.tiers:
        yield wrong("tier", f"is of tier '{tenant.tier}', which is not declared", _known(platform.tiers))
    yield from (
        wrong("services", f"wants service '{name}', which is not in the plan", _known(plan.services))
        for name in tenant.services or ()
        if name not in plan.services
    )
    wanted = set(tenant.services if tenant.services is not None else plan.services)
    for name, data in tenant.data.items():
        for service in data.services:
            if service not in wanted:
                yield wrong(f"data.{name}", f"gives '{name}' to service '{service}', which it has not", _known(wanted))
        if data.pooled:
            yield wrong(f"data.{name}", f"has '{name}' pooled, but it is its own", "leave pooled out")
    if tenant.cluster is not None:
        yield from _cluster(plan, tenant, tenant.cluster, wrong)


def _cluster(plan: Plan, tenant: Tenant, name: str, wrong: Wrong) -> Iterator[Finding]:
    cluster = plan.platform.clusters.get(name)
    if cluster is None:
        yield wrong("cluster", f"is on cluster '{name}', which is not declared", _known(plan.platform.clusters))
    elif cluster.dedicated_to not in (None, tenant.id):
        yield wrong("cluster", f"is on cluster '{name}', which is '{cluster.dedicated_to}'s own", "name another one")
    elif cluster.role == "control" and len(plan.platform.clusters) > 1:
        yield wrong("cluster", f"is on the control cluster '{name}', {_POLICY}", "tenants run on application clusters")


def _known(names: Collection[str]) -> str:
    return f"known: {', '.join(sorted(names)) or 'none'}"
