"""What the control plane versions: the plan's routing rules and where each service stands, as one frozen value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import TypeAdapter

from strangler.plan import FacadeSettings, Forwarded, Plan, RetryBudget, RoutePattern, Service, Serving, Shadowing
from strangler_facade.control.stages import Position
from strangler_facade.sessions.settings import steady_claim

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What the plan says about one service's traffic."""

    upstream: str | None
    routes: tuple[RoutePattern, ...]
    store: Literal["shared", "own"] = "shared"
    commands: bool = False
    serving: Serving = field(default_factory=Serving)
    shadow: Shadowing = field(default_factory=Shadowing)
    pinned: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether a request or a call may change something."""
        return self.commands or any(_writes(route) for route in self.routes)


def _writes(route: RoutePattern) -> bool:
    if route.safety != "method":
        return route.safety == "unsafe"
    return not route.methods or bool(_UNSAFE & set(route.methods))


@dataclass(frozen=True, slots=True)
class RouteSet:
    """One version's content: the monolith, what a user is known by, each service's rules and position by name."""

    monolith: str
    sticky: Mapping[str, Any] = field(default_factory=dict)
    salt: str = "strangler"
    rules: Mapping[str, Rules] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)
    serving: Serving = field(default_factory=Serving)
    tenant: str | None = None
    forwarding: Forwarded = field(default_factory=Forwarded)
    budget: RetryBudget = field(default_factory=RetryBudget)

    def placed(self, service: str, position: Position) -> RouteSet:
        """The same with one service standing elsewhere."""
        return replace(self, positions={**self.positions, service: position})

    @property
    def rules_digest(self) -> str:
        """SHA-256 (hex) of everything but the positions: two plans that route alike have the same."""
        fields = to_json(self)
        del fields["positions"]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def from_plan(plan: Plan, monolith: str, positions: Mapping[str, Position]) -> RouteSet:
    """The plan's rules, with the services where ``positions`` has them (a new one: at ``extracted``)."""
    rules = {name: _rules(service) for name, service in plan.services.items()}
    placed = {name: positions.get(name, Position()) for name in rules}
    facade = plan.facade
    tenant = facade.tenant or facade.sticky.tenant
    common = (plan.monolith.serving, tenant, facade.forwarding, facade.budget)
    return RouteSet(monolith, _sticky(facade), facade.salt, rules, placed, *common)


def _sticky(facade: FacadeSettings) -> dict[str, Any]:
    """What users are known by; a verified claim in place of a session's cookie that changes its value."""
    sticky = facade.sticky.model_dump(mode="json", exclude_none=True)
    claim = steady_claim(facade.session, facade.sticky.cookie)
    if claim is not None:
        del sticky["cookie"]
        sticky.setdefault("claim", claim)
    return sticky


def _rules(service: Service) -> Rules:
    commands = any(call.kind == "command" for call in service.calls.values())
    carried = (service.serving, service.shadow, service.pinned)
    return Rules(service.upstream, service.routes, service.store, commands, *carried)


_ADAPTER: TypeAdapter[RouteSet] = TypeAdapter(RouteSet)
_PLACES: TypeAdapter[Mapping[str, Position]] = TypeAdapter(Mapping[str, Position])


def to_json(routes: RouteSet) -> dict[str, Any]:
    """Plain data for a version's row: positions whole, rules without what is at its default; in a fixed order."""
    document: dict[str, Any] = _ADAPTER.dump_python(routes, mode="json", exclude_defaults=True)
    named = ("sticky", "rules", "positions")
    document |= {name: dict(sorted(document.get(name, {}).items())) for name in named}
    document["positions"] = dict(sorted(_PLACES.dump_python(routes.positions, mode="json").items()))
    return document


def from_json(fields: Mapping[str, Any]) -> RouteSet:
    """The route set that ``to_json`` wrote, or an older release did."""
    return _ADAPTER.validate_python(fields)


def difference(old: RouteSet | None, new: RouteSet) -> dict[str, Any]:
    """What changed, as dotted path → ``[old, new]``, leaves only."""
    before = _leaves(to_json(old)) if old else {}
    after = _leaves(to_json(new))
    paths = sorted(before.keys() | after.keys())
    return {path: [before.get(path), after.get(path)] for path in paths if before.get(path) != after.get(path)}


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, Mapping) and value:
        leaves: dict[str, Any] = {}
        for key, item in value.items():
            leaves.update(_leaves(item, f"{path}.{key}" if path else key))
        return leaves
    return {path: value}
