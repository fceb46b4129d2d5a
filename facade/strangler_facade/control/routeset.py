"""What the control plane versions: the plan's routing rules and where each service stands, as one frozen value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from strangler.model import Stage
from strangler.plan import Plan, Service
from strangler_facade.control.stages import Position

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """A path template with the methods it takes (none: all)."""

    path: str
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the plan says about one service's traffic."""

    upstream: str | None
    routes: tuple[Pattern, ...]
    store: Literal["shared", "own"] = "shared"
    commands: bool = False

    @property
    def writes(self) -> bool:
        """Whether a request or a call may change something."""
        return self.commands or any(not route.methods or _UNSAFE & set(route.methods) for route in self.routes)


@dataclass(frozen=True, slots=True)
class RouteSet:
    """One version's content: the monolith, what a user is known by, each service's rules and position by name."""

    monolith: str
    sticky: Mapping[str, Any] = field(default_factory=dict)
    salt: str = "strangler"
    rules: Mapping[str, Rules] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)

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
    sticky = plan.facade.sticky.model_dump(mode="json", exclude_none=True)
    placed = {name: positions.get(name, Position()) for name in rules}
    return RouteSet(monolith, sticky, plan.facade.salt, rules, placed)


def _rules(service: Service) -> Rules:
    patterns = tuple(Pattern(route.path, tuple(route.methods or ())) for route in service.routes)
    commands = any(call.kind == "command" for call in service.calls.values())
    return Rules(service.upstream, patterns, service.store, commands)


def to_json(routes: RouteSet) -> dict[str, Any]:
    """Plain data for a version's row; keys in a fixed order."""
    return {
        "monolith": routes.monolith,
        "sticky": dict(sorted(routes.sticky.items())),
        "salt": routes.salt,
        "rules": {name: asdict(rules) for name, rules in sorted(routes.rules.items())},
        "positions": {name: asdict(position) for name, position in sorted(routes.positions.items())},
    }


def from_json(fields: Mapping[str, Any]) -> RouteSet:
    """The route set that ``to_json`` wrote."""
    rules = {name: _rules_from(item) for name, item in fields["rules"].items()}
    positions = {name: position_from(item) for name, item in fields["positions"].items()}
    return RouteSet(fields["monolith"], fields["sticky"], fields["salt"], rules, positions)


def _rules_from(item: Mapping[str, Any]) -> Rules:
    routes = tuple(Pattern(route["path"], tuple(route["methods"])) for route in item["routes"])
    return Rules(item["upstream"], routes, item["store"], item["commands"])


def position_from(item: Mapping[str, Any]) -> Position:
    """The position that ``asdict`` made these fields of."""
    return Position(Stage(item["stage"]), item["weight"], item["mirrored"])


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
