"""What the plan must not say twice or against itself."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Finding
from strangler.plan.platform import Platform
from strangler.plan.platform.consistency import mistakes
from strangler.plan.schema import Plan
from strangler.plan.source import Source


def inconsistencies(plan: Plan, source: Source) -> Iterator[Finding]:
    """Mistakes that are in no single value, in no particular order."""
    yield from _claimed_twice(plan, source)
    yield from _addresses(plan, source)
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
        claims += [("routes", f"{route.path} {route.methods or ''}") for route in service.routes]
        for kind, claim in claims:
            owner = owners.setdefault((kind, claim), name)
            if owner != name:
                message = f"{kind[:-1]} {claim.strip()} belongs to '{owner}' already"
                yield Finding("PLAN-TWICE", message, source.location(("services", name, kind)), "leave it with one")


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
