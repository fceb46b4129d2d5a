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
    yield from _data(tenant, _wanted(plan, tenant), wrong)
    yield from _pool(plan, tenant, wrong)
    if tenant.cluster is not None:
        yield from _cluster(plan, tenant, tenant.cluster, wrong)


def _data(tenant: Tenant, wanted: set[str], wrong: Wrong) -> Iterator[Finding]:
    for name, data in tenant.data.items():
        for service in data.services:
            if service not in wanted:
                yield wrong(f"data.{name}", f"gives '{name}' to service '{service}', which it has not", _known(wanted))
        if data.pooled:
            yield wrong(f"data.{name}", f"has '{name}' pooled, but it is its own", "leave pooled out")


def _pool(plan: Plan, tenant: Tenant, wrong: Wrong) -> Iterator[Finding]:
    tier = plan.platform.tiers.get(tenant.tier)
    if (tenant.isolation or (tier and tier.isolation)) != "pool":
        return
    if tenant.data:
        yield wrong("data", "is in a pool, whose pods serve all its tenants, and has data of its own", "use bridge")
    if tier and tier.isolation != "pool":
        yield wrong("isolation", f"is in a pool, and tier '{tenant.tier}' has none", "choose a tier with a pool")


def _cluster(plan: Plan, tenant: Tenant, name: str, wrong: Wrong) -> Iterator[Finding]:
    cluster = plan.platform.clusters.get(name)
    if cluster is None:
        yield wrong("cluster", f"is on cluster '{name}', which is not declared", _known(plan.platform.clusters))
    elif cluster.dedicated_to not in (None, tenant.id):
        yield wrong("cluster", f"is on cluster '{name}', which is '{cluster.dedicated_to}'s own", "name another one")
    elif cluster.role == "control" and len(plan.platform.clusters) > 1:
        yield wrong("cluster", f"is on the control cluster '{name}', {_POLICY}", "tenants run on application clusters")
    elif cluster.local:
        stored = sorted(_wanted(plan, tenant) & {n for n, workload in plan.platform.workloads.items() if workload.data})
        if stored or tenant.data:
            hint = "pods have no AWS identity there; leave these services out, or choose an EKS cluster"
            yield wrong("cluster", f"is on '{name}', which is no EKS cluster, with AWS data of {stored}", hint)


def _wanted(plan: Plan, tenant: Tenant) -> set[str]:
    return set(tenant.services if tenant.services is not None else plan.services)


def _known(names: Collection[str]) -> str:
    return f"known: {', '.join(sorted(names)) or 'none'}"
