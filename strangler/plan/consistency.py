"""What the plan must not say twice or against itself."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Finding
from strangler.plan.platform import Platform
from strangler.plan.platform.consistency import mistakes
from strangler.plan.schema import Plan, Service
from strangler.plan.source import Source
from strangler.plan.traffic import RoutePattern


def inconsistencies(plan: Plan, source: Source) -> Iterator[Finding]:
    """Mistakes that are in no single value, in no particular order."""
    yield from _claimed_twice(plan, source)
    yield from _addresses(plan, source)
    yield from _tenants(plan, source)
    yield from _claims(plan, source)
    yield from _platform(plan.platform, source)
    for mistake in mistakes(plan.platform, plan.services):
        place = source.location(("platform", *mistake.path))
        yield Finding(mistake.rule, mistake.message, place, mistake.hint)


def _claimed_twice(plan: Plan, source: Source) -> Iterator[Finding]:
    """Modules, tables and routes each belong to one service."""
    owners: dict[tuple[str, str], str] = {}
    for name, service in plan.services.items():
        claims = [("modules", module) for module in service.modules]
        claims += [("tables", table) for table in service.tables]
        claims += [("routes", _pattern(route)) for route in service.routes]
        for kind, claim in claims:
            owner = owners.setdefault((kind, claim), name)
            if owner != name:
                message = f"{kind[:-1]} {claim.strip()} belongs to '{owner}' already"
                yield Finding("PLAN-TWICE", message, source.location(("services", name, kind)), "leave it with one")


def _pattern(route: RoutePattern) -> str:
    """Everything that decides whether a request is the route's, as text."""
    asked = route.model_dump(exclude={"path", *_ANSWERS}, exclude_defaults=True)
    return " ".join([route.path, *(f"{name}={value}" for name, value in sorted(asked.items()))])


_ANSWERS = ("rewrite", "safety", "limit", "largest_body")
"""The keys of a route that are about what becomes of a request, not about which requests are meant."""


def _tenants(plan: Plan, source: Source) -> Iterator[Finding]:
    """Rules by tenant need to know where the tenant is found, and a header is believed only from trusted proxies."""
    found = plan.facade.tenant or plan.facade.sticky.tenant
    for name, service in plan.services.items():
        asks = [key for key, asked in (("pinned", service.pinned), ("routes", _by_tenant(service))) if asked]
        for key in asks if found is None else ():
            message = f"{key} of '{name}' goes by tenant, but nothing says how a tenant is recognised"
            hint = "set facade.tenant, such as host:example.org"
            yield Finding("PLAN-TENANT", message, source.location(("services", name, key)), hint)
    both = plan.facade.tenant and plan.facade.sticky.tenant
    if both and plan.facade.tenant != plan.facade.sticky.tenant:
        message = "facade.tenant and facade.sticky.tenant find the tenant in two places"
        yield Finding("PLAN-TENANT", message, source.location(("facade", "tenant")), "make them the same")
    if found and not found.startswith(("host:", "claim:")) and not plan.facade.forwarding.trusted:
        message = f"the tenant's header {found.removeprefix('header:')} would be believed from nobody"
        hint = "name the proxies in front that set it in facade.forwarding.trusted"
        key = "tenant" if plan.facade.tenant else "sticky"
        yield Finding("PLAN-TENANT", message, source.location(("facade", key)), hint)


def _by_tenant(service: Service) -> bool:
    return any(route.tenants or (route.limit and route.limit.by == "tenant") for route in service.routes)


def _claims(plan: Plan, source: Source) -> Iterator[Finding]:
    """Rules by claim need sessions that are verified, and a claim that they are asked for."""
    known = plan.facade.session.claims if plan.facade.session else {}
    asked: dict[tuple[str, ...], list[str]] = {("facade", "sticky"): [plan.facade.sticky.claim or ""]}
    for name, service in plan.services.items():
        asked["services", name, "routes"] = [claim for route in service.routes for claim in route.claims]
    for path, claims in asked.items():
        for claim in sorted(set(claims) - known.keys() - {""}):
            message = f"no session is asked for the claim '{claim}'"
            yield Finding("PLAN-CLAIM", message, source.location(path), "name it in facade.session.claims")


def _addresses(plan: Plan, source: Source) -> Iterator[Finding]:
    if plan.facade.listen == plan.facade.admin:
        message = f"the facade cannot listen for customers and for its admin at {plan.facade.listen}"
        yield Finding("PLAN-ADDRESS", message, source.location(("facade", "admin")), "give the admin another port")


def _platform(platform: Platform, source: Source) -> Iterator[Finding]:
    for name, cluster in platform.clusters.items():
        if cluster.compute == "none" and not cluster.hybrid and not cluster.local:
            message = f"cluster '{name}' has no nodes: compute is none and it is neither hybrid nor local"
            path = ("platform", "clusters", name)
            yield Finding("PLAN-NODES", message, source.location(path), "set compute: auto, or hybrid: true")
