"""Route set → the table that workers route by; pure, the same set gives the same table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from strangler.errors import StranglerError
from strangler.model import Stage
from strangler.plan import Forwarded, RequestCondition, RoutePattern, Serving
from strangler_facade.control.routeset import RouteSet, Rules
from strangler_facade.control.stages import Position
from strangler_facade.table import (
    Breaker,
    Budget,
    Condition,
    Forwarding,
    Health,
    Match,
    Mirror,
    RateLimit,
    Rewrite,
    Route,
    RouteTable,
    Share,
    Split,
    StickyKey,
    Target,
    TenantSource,
    ordered,
)

MONOLITH = "monolith"

_Source = Literal["host", "header", "claim"]
_TENANT_SOURCES: dict[str, _Source] = {"host": "host", "header": "header", "claim": "claim"}


def compile_table(routes: RouteSet, version: int) -> RouteTable:
    """The table of one version. A service without upstream is not routed.

    Raises:
        StranglerError: a service has the name that stands for the monolith.
    """
    if MONOLITH in routes.rules:
        raise StranglerError(f"a service cannot be named '{MONOLITH}'", hint="rename it in the plan")
    live = {name: rules for name, rules in sorted(routes.rules.items()) if rules.upstream}
    targets = [_target(MONOLITH, routes.monolith, routes.serving)]
    targets += [_target(name, rules.upstream or "", rules.serving) for name, rules in live.items()]
    made = [route for name, rules in live.items() for route in _routes(name, rules, routes)]
    return RouteTable(
        version,
        tuple(targets),
        MONOLITH,
        ordered(made),
        forwarding=_forwarding(routes.forwarding),
        tenant=_tenant(routes.tenant),
        budget=Budget(**routes.budget.model_dump()),
    )


def _target(name: str, url: str, serving: Serving) -> Target:
    values = serving.model_dump(exclude={"health", "breaker"})
    health = Health(**serving.health.model_dump()) if serving.health else None
    return Target(name, url, health=health, breaker=Breaker(**serving.breaker.model_dump()), **values)


def _forwarding(wanted: Forwarded) -> Forwarding:
    return Forwarding(wanted.trusted, wanted.forwarded, served_by=wanted.served_by)


def _routes(service: str, rules: Rules, routes: RouteSet) -> Iterator[Route]:
    position = routes.positions.get(service, Position())
    split = _split(service, position, rules, routes)
    mirror = Mirror(service, **rules.shadow.model_dump()) if position.mirrored else None
    for index, pattern in enumerate(rules.routes):
        yield Route(
            name=f"{service}.{index}",
            match=_match(pattern),
            split=split,
            service=service,
            fallback=MONOLITH if position.stage in (Stage.CANARY, Stage.LIVE) else None,
            safety=pattern.safety,
            mirror=mirror,
            rewrite=_rewrite(pattern),
            rate_limit=_limit(pattern, routes),
            largest_body=pattern.largest_body,
        )


def _match(pattern: RoutePattern) -> Match:
    return Match(
        paths=(pattern.path,),
        hosts=pattern.hosts,
        methods=pattern.methods or (),
        headers=_conditions(pattern.headers),
        cookies=_conditions(pattern.cookies),
        query=_conditions(pattern.query),
        tenants=pattern.tenants,
        claims=_conditions(pattern.claims),
        clients=pattern.clients,
    )


def _conditions(wanted: Mapping[str, RequestCondition]) -> tuple[Condition, ...]:
    return tuple(_condition(name, one) for name, one in sorted(wanted.items()))


def _condition(name: str, wanted: RequestCondition) -> Condition:
    if wanted.equals is not None:
        return Condition(name, "equals", wanted.equals)
    if wanted.prefix is not None:
        return Condition(name, "prefix", wanted.prefix)
    if wanted.regex is not None:
        return Condition(name, "regex", wanted.regex)
    return Condition(name, "present" if wanted.present else "absent")


def _rewrite(pattern: RoutePattern) -> Rewrite | None:
    """The rewrite; ``/billing`` to ``/`` takes the prefix off without leaving two slashes."""
    if pattern.rewrite is None:
        return None
    prefix, to = pattern.rewrite.prefix, pattern.rewrite.to
    return Rewrite(prefix, to if prefix.endswith("/") else to.rstrip("/"))


def _limit(pattern: RoutePattern, routes: RouteSet) -> RateLimit | None:
    if pattern.limit is None:
        return None
    keys = {"address": (), "user": sticky_keys(routes.sticky), "tenant": (StickyKey("tenant"),)}
    return RateLimit(pattern.limit.rate, pattern.limit.burst, keys[pattern.limit.by])


def _split(service: str, position: Position, rules: Rules, routes: RouteSet) -> Split:
    """Who gets the service; pinned tenants as soon as anybody does, and nobody while the weight is 0."""
    shares = (Share(service, position.weight),) if position.weight else ()
    return Split(MONOLITH, shares, sticky_keys(routes.sticky), routes.salt, rules.pinned if shares else ())


def sticky_keys(sticky: Mapping[str, Any]) -> tuple[StickyKey, ...]:
    """What a user is known by: the widest first, then what is verified, then what a client just says."""
    keys = [StickyKey("tenant")] if sticky.get("tenant") else []
    keys += [StickyKey("claim", sticky["claim"])] if sticky.get("claim") else []
    keys += [StickyKey("header", sticky["header"])] if sticky.get("header") else []
    keys += [StickyKey("cookie", sticky["cookie"])] if sticky.get("cookie") else []
    keys += [StickyKey("address")] if sticky.get("client_address") else []
    return tuple(keys)


def _tenant(text: str | None) -> TenantSource | None:
    """Where the tenant is found: ``host:example.org``, ``header:X-Tenant``, ``claim:tenant``; a bare word: a header."""
    if not text:
        return None
    kind, colon, name = text.partition(":")
    if colon and kind in _TENANT_SOURCES:
        return TenantSource(_TENANT_SOURCES[kind], name)
    return TenantSource("header", text)
