"""HTTPRoutes: a service's paths with weights between it and the monolith."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from strangler.plan import RoutePattern
from strangler_deploy.kinds.network.gateway import API, INGRESS_NAMESPACE
from strangler_deploy.manifest import Data, Manifest

MONOLITH = "monolith-proxy"
_MATCHES_PER_RULE, _RULES_PER_ROUTE = 8, 16


@dataclass(frozen=True, slots=True)
class Door:
    """Through which gateway a tenant's requests come, and by what they are known: a host, a path prefix, or both."""

    gateway: str
    host: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Backend:
    """A service and its share; ``namespace`` only if it is another than the route's."""

    service: str
    weight: int
    namespace: str = ""

    def data(self) -> Data:
        """As a backendRef."""
        where = {"namespace": self.namespace} if self.namespace else {}
        return {"name": self.service, **where, "port": 80, "weight": self.weight}


def routes(
    name: str, namespace: str, door: Door, patterns: Sequence[RoutePattern], backends: Sequence[Backend], *, origin: str
) -> Iterator[Manifest]:
    """As many HTTPRoutes as the patterns need (Gateway API: 16 rules each)."""
    rules = [_rule(door, kind, matches, backends) for kind, matches in _grouped(door, patterns)]
    for number, start in enumerate(range(0, len(rules), _RULES_PER_ROUTE)):
        suffix = f"-{number}" if number else ""
        yield _route(f"{name}{suffix}", namespace, door, rules[start : start + _RULES_PER_ROUTE], origin)


def catch_all(name: str, namespace: str, door: Door, backends: Sequence[Backend], *, origin: str) -> Manifest:
    """Everything of a tenant (or of the host) that no longer path takes."""
    match = {"path": {"type": "PathPrefix", "value": door.prefix or "/"}}
    return _route(name, namespace, door, [_rule(door, "PathPrefix", [match], backends)], origin)


def _route(name: str, namespace: str, door: Door, rules: Sequence[Data], origin: str) -> Manifest:
    parent = {"name": door.gateway, "namespace": INGRESS_NAMESPACE}
    spec = {"parentRefs": [parent], "hostnames": [door.host], "rules": list(rules)}
    return Manifest(API, "HTTPRoute", name, {"spec": spec}, namespace, origin=origin)


def _rule(door: Door, kind: str, matches: Sequence[Data], backends: Sequence[Backend]) -> Data:
    rule: Data = {"matches": list(matches)}
    if door.prefix and kind == "PathPrefix":
        rewrite = {"type": "ReplacePrefixMatch", "replacePrefixMatch": _without(door, matches[0]["path"]["value"])}
        rule["filters"] = [{"type": "URLRewrite", "urlRewrite": {"path": rewrite}}]
    elif door.prefix and kind == "Exact":
        rewrite = {"type": "ReplaceFullPath", "replaceFullPath": _without(door, matches[0]["path"]["value"])}
        rule["filters"] = [{"type": "URLRewrite", "urlRewrite": {"path": rewrite}}]
    rule["backendRefs"] = [backend.data() for backend in backends]
    return rule


def _without(door: Door, path: str) -> str:
    return path.removeprefix(door.prefix) or "/"


def _grouped(door: Door, patterns: Sequence[RoutePattern]) -> Iterator[tuple[str, list[Data]]]:
    """Matches that one rule can hold: with a path prefix to take away, each path needs a rule of its own."""
    by_path: dict[tuple[str, str], list[Data]] = {}
    for pattern in sorted(patterns, key=lambda pattern: (pattern.path, pattern.methods or ())):
        kind, value = _path(pattern.path, door.prefix)
        key = (kind, value if door.prefix else "")
        by_path.setdefault(key, []).extend(_matches(kind, value, pattern))
    for (kind, _), matches in by_path.items():
        for start in range(0, len(matches), _MATCHES_PER_RULE):
            yield kind, matches[start : start + _MATCHES_PER_RULE]


def _matches(kind: str, value: str, pattern: RoutePattern) -> Iterator[Data]:
    path = {"path": {"type": kind, "value": value}}
    if pattern.methods is None:
        yield path
    for method in pattern.methods or ():
        yield {**path, "method": method}


def is_pattern(template: str) -> bool:
    """Whether a route is more than a path or a prefix (so that only an expression can match it)."""
    return _path(template, "")[0] == "RegularExpression"


def _path(template: str, prefix: str) -> tuple[str, str]:
    """A route template as a Gateway API path match."""
    if not re.search(r"[{*]", template):
        return "Exact", prefix + template
    stem = template.removesuffix("/**")
    if stem != template and not re.search(r"[{*]", stem):
        return "PathPrefix", prefix + stem if stem or prefix else "/"
    return "RegularExpression", "^" + re.escape(prefix).replace("\\-", "-") + _regular(template) + "$"


def _regular(template: str) -> str:
    pieces = re.split(r"(\*\*|\*|\{[^}]*\})", template)
    known = {"**": ".*", "*": "[^/]*"}
    return "".join(
        known.get(piece) or ("[^/]+" if piece.startswith("{") else re.escape(piece).replace("\\-", "-"))
        for piece in pieces
    )
