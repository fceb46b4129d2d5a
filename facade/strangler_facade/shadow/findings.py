"""What is known about the differences of each route: how often, in which field, and whether it is only noise.

The monolith is asked some requests twice; a field in which it contradicts itself is noisy, and its differences count
only where the service's answers differ more often than the monolith's own, beyond doubt (``rollouts.bounds``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any, NamedTuple

from strangler_facade.rollouts.bounds import excess
from strangler_facade.shadow.compare import Difference, Side, compare
from strangler_facade.shadow.redact import redact, redact_path

LEARNT_AFTER = 3
"""How often the monolith must have been asked twice on a route before its pairs are counted."""
_DOUBT = 1e-3
_MOST_FIELDS = 500
_MOST_SAMPLES = 5
_MOST_ROUTES = 2000
_MOST_WAITING = 200


@dataclass(frozen=True, slots=True)
class Record:
    """A request with what its client was answered, what the mirror answered and, if it was asked, the primary again."""

    route: str
    method: str
    path: str
    primary: Side
    mirrored: Side
    again: Side | None = None


@dataclass
class FieldFinding:
    """One field of one route: in how many pairs it differed, in how many the monolith contradicted itself."""

    differed: int = 0
    noise: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    samples: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_MOST_SAMPLES))


@dataclass
class RouteFindings:
    """One route's counts; they only ever rise. ``unanswered`` by the mirror, ``truncated`` bodies were not compared."""

    pairs: int = 0
    unanswered: int = 0
    asked_twice: int = 0
    compared: int = 0
    differing: int = 0
    truncated: int = 0
    fields: dict[str, FieldFinding] = field(default_factory=dict)
    waiting: list[tuple[str, ...]] = field(default_factory=list)

    def is_noise(self, name: str) -> bool:
        """Whether the monolith's own contradictions explain what differs in the field."""
        found = self.fields.get(name)
        if found is None or not found.noise:
            return False
        service, monolith = (self.pairs, found.differed), (self.asked_twice, found.noise)
        return excess(service, monolith, 0.0) < -log(_DOUBT)


class Findings:
    """All routes; bounded in routes, fields and samples, whatever the traffic."""

    def __init__(self) -> None:
        self.routes: dict[str, RouteFindings] = {}
        self.silent: dict[str, int] = {}
        """How many of each service's mirrored requests in a row have had no answer, up to the last one."""
        self.dropped = 0

    def take(self, record: Record) -> None:
        """Take one mirrored request."""
        name = record.route
        if name not in self.routes and len(self.routes) >= _MOST_ROUTES:
            self.dropped += 1
            return
        route = self.routes.setdefault(name, RouteFindings())
        self._listen(route, record)
        self._learn(route, record)
        differences = compare(record.primary, record.mirrored)
        route.pairs += 1
        route.truncated += bool(record.primary.truncated or record.mirrored.truncated)
        fields = _by_field(differences)
        for name, found in fields.items():
            self._keep(route, name, found, record)
        self._count(route, tuple(fields))

    def _listen(self, route: RouteFindings, record: Record) -> None:
        service, unanswered = record.route.rpartition(".")[0], not record.mirrored.status
        route.unanswered += unanswered
        self.silent[service] = self.silent.get(service, 0) + 1 if unanswered else 0

    def _learn(self, route: RouteFindings, record: Record) -> None:
        again = record.again
        if not again or again.error:
            return
        route.asked_twice += 1
        for name in _by_field(compare(record.primary, again)):
            found = self._field(route, name)
            if found is not None:
                found.noise += 1

    def _field(self, route: RouteFindings, name: str) -> FieldFinding | None:
        if name not in route.fields and len(route.fields) >= _MOST_FIELDS:
            self.dropped += 1
            return None
        return route.fields.setdefault(name, FieldFinding())

    def _keep(self, route: RouteFindings, name: str, differences: Sequence[Difference], record: Record) -> None:
        """Count a field that differs in a pair: once, in however many elements of a list it does."""
        found = self._field(route, name)
        if found is None:
            return
        found.differed += 1
        for kind in {difference.kind for difference in differences}:
            found.kinds[kind] = found.kinds.get(kind, 0) + 1
        difference = differences[0]
        found.samples.append(
            {
                "method": record.method,
                "path": redact_path(record.path),
                "kind": difference.kind,
                "monolith": redact(name, difference.old),
                "service": redact(name, difference.new),
            }
        )

    def _count(self, route: RouteFindings, names: tuple[str, ...]) -> None:
        """Count the pair, as soon as the route's noise is known; until then pairs wait."""
        route.waiting.append(names)
        if route.asked_twice < LEARNT_AFTER and len(route.waiting) < _MOST_WAITING:
            return
        for waiting in route.waiting:
            route.compared += 1
            route.differing += any(not route.is_noise(name) for name in waiting)
        route.waiting.clear()

    def summary(self) -> dict[str, Any]:
        """Everything, as JSON values: counts, fields with the most frequent first, samples."""
        return {name: _route_summary(route) for name, route in sorted(self.routes.items())}


def _by_field(differences: Iterable[Difference]) -> dict[str, list[Difference]]:
    fields: dict[str, list[Difference]] = {}
    for difference in differences:
        fields.setdefault(difference.field, []).append(difference)
    return fields


def _route_summary(route: RouteFindings) -> dict[str, Any]:
    fields = sorted(route.fields.items(), key=lambda item: (-item[1].differed, item[0]))
    return {
        "pairs": route.pairs,
        "unanswered": route.unanswered,
        "compared": route.compared,
        "differing": route.differing,
        "learning": len(route.waiting),
        "asked_twice": route.asked_twice,
        "truncated": route.truncated,
        "fields": [_field_summary(name, found, route) for name, found in fields if found.differed],
    }


def _field_summary(name: str, found: FieldFinding, route: RouteFindings) -> dict[str, Any]:
    return {
        "field": name,
        "differed": found.differed,
        "noise": found.noise,
        "is_noise": route.is_noise(name),
        "kinds": dict(sorted(found.kinds.items())),
        "samples": list(found.samples),
    }


class Totals(NamedTuple):
    """What some routes come to together: of ``shadowed`` pairs ``unanswered``, of ``compared`` ones ``differing``."""

    compared: int = 0
    differing: int = 0
    shadowed: int = 0
    unanswered: int = 0

    def plus(self, other: Totals) -> Totals:
        """Both together."""
        return Totals(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


_SUMMED = ("compared", "differing", "pairs", "unanswered")


def totals(summary: Mapping[str, Mapping[str, Any]], routes: Iterable[str]) -> Totals:
    """The sums over some routes of a summary."""
    chosen = [summary[name] for name in routes if name in summary]
    return Totals(*(sum(route[count] for route in chosen) for count in _SUMMED))
