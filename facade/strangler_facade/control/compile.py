"""Route set → the table that workers route by; pure, the same set gives the same table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from strangler.errors import StranglerError
from strangler.model import Stage
from strangler_facade.control.routeset import Pattern, RouteSet, Rules
from strangler_facade.control.stages import Position
from strangler_facade.table import (
    Match,
    Mirror,
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
NOISE_PERCENT = 10.0
"""Of the mirrored requests, how many the monolith answers twice, so that its own noise is known."""

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
    targets = [Target(MONOLITH, routes.monolith)]
    targets += [Target(name, rules.upstream or "") for name, rules in live.items()]
    made = [route for name, rules in live.items() for route in _routes(name, rules, routes)]
    return RouteTable(version, tuple(targets), MONOLITH, ordered(made), tenant=_tenant(routes.sticky))


def _routes(service: str, rules: Rules, routes: RouteSet) -> Iterator[Route]:
    position = routes.positions.get(service, Position())
    for index, pattern in enumerate(rules.routes):
        yield Route(
            name=f"{service}.{index}",
            match=_match(pattern),
            split=_split(service, position, routes),
            service=service,
            fallback=MONOLITH if position.stage in (Stage.CANARY, Stage.LIVE) else None,
            mirror=Mirror(service, noise=NOISE_PERCENT) if position.mirrored else None,
        )


def _match(pattern: Pattern) -> Match:
    return Match(paths=(pattern.path,), methods=pattern.methods)


def _split(service: str, position: Position, routes: RouteSet) -> Split:
    shares = (Share(service, position.weight),) if position.weight else ()
    return Split(MONOLITH, shares, sticky_keys(routes.sticky), routes.salt)


def sticky_keys(sticky: Mapping[str, Any]) -> tuple[StickyKey, ...]:
    """What a user is known by, in the order of the plan's keys."""
    keys = [StickyKey("cookie", sticky["cookie"])] if sticky.get("cookie") else []
    keys += [StickyKey("header", sticky["header"])] if sticky.get("header") else []
    keys += [StickyKey("claim", sticky["claim"])] if sticky.get("claim") else []
    keys += [StickyKey("tenant")] if sticky.get("tenant") else []
    keys += [StickyKey("address")] if sticky.get("client_address") else []
    return tuple(keys)


def _tenant(sticky: Mapping[str, Any]) -> TenantSource | None:
    """Where the tenant is found: ``host:example.org``, ``header:X-Tenant``, ``claim:tenant``; a bare word: a header."""
    text = sticky.get("tenant")
    if not text:
        return None
    kind, colon, name = str(text).partition(":")
    if colon and kind in _TENANT_SOURCES:
        return TenantSource(_TENANT_SOURCES[kind], name)
    return TenantSource("header", str(text))
