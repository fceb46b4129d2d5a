"""What is known about the differences of each route: how often, in which field, and whether it is only noise.

The monolith is asked some requests twice; a field in which it contradicts itself is noisy, and its differences count
only where the service's answers differ more often than the monolith's own, beyond doubt (``rollouts.bounds``). What
differs otherwise is looked at a second time: where the monolith has moved on meanwhile, nothing is wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
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


@dataclass(frozen=True)
class Record:
    """A request with what its client was answered, what the mirror answered and, if it was asked, the primary again.

    ``second`` is what the primary answered after the mirror had, because of what differed.
    """

    route: str
    method: str
    path: str
    primary: Side
    mirrored: Side
    again: Side | None = None
    second: Side | None = None

    @cached_property
    def fields(self) -> dict[str, list[Difference]]:
        """What differs between client's and mirror's answer, by field."""
        return _by_field(compare(self.primary, self.mirrored))

    @cached_property
    def moved_on(self) -> frozenset[str]:
        """The fields that differ only because the primary's answer is another by now.

        It contradicts its first answer there, or says what the mirror said.
        """
        if self.second is None or not self.second.status:
            return frozenset()
        itself, still = (
            _by_field(compare(*sides)) for sides in ((self.primary, self.second), (self.second, self.mirrored))
        )
        return frozenset(name for name in self.fields if name in itself or name not in still)


@dataclass
class FieldFinding:
    """One field of one route: in how many pairs it differed, in how many the monolith contradicted itself.

    ``moved_on`` are the pairs in which it differed only until the monolith was asked again.
    """

    differed: int = 0
    moved_on: int = 0
    noise: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    samples: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_MOST_SAMPLES))


@dataclass
class RouteFindings:
    """One route's counts; they only ever rise. ``unanswered`` by the mirror, ``truncated`` bodies were not compared.

    ``moved_on`` pairs differed in nothing but what the monolith had said otherwise by then.
    """

    pairs: int = 0
    unanswered: int = 0
    asked_twice: int = 0
    compared: int = 0
    differing: int = 0
    moved_on: int = 0
    truncated: int = 0
    fields: dict[str, FieldFinding] = field(default_factory=dict)
    waiting: list[tuple[frozenset[str], frozenset[str]]] = field(default_factory=list)

    def count(self, differing: frozenset[str], moved_on: frozenset[str]) -> None:
        """Count a pair by the fields that differ, and by those that did until the monolith was asked again."""
        differs, moved = (any(not self.is_noise(name) for name in names) for names in (differing, moved_on))
        self.compared += 1
        self.differing += differs
        self.moved_on += moved and not differs

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

    def doubts(self, record: Record) -> bool:
        """Whether a record's answers differ so that it would count, and a second look could tell otherwise."""
        route = self.routes.get(record.route)
        if not record.mirrored.status:
            return False
        return any(route is None or not route.is_noise(name) for name in record.fields)

    def take(self, record: Record) -> None:
        """Take one mirrored request."""
        name = record.route
        if name not in self.routes and len(self.routes) >= _MOST_ROUTES:
            self.dropped += 1
            return
        route = self.routes.setdefault(name, RouteFindings())
        self._listen(route, record)
        self._learn(route, record)
        route.pairs += 1
        route.truncated += bool(record.primary.truncated or record.mirrored.truncated)
        for name, found in record.fields.items():
            self._keep(route, name, found, record)
        self._count(route, record)

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
        if name in record.moved_on:
            found.moved_on += 1
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

    def _count(self, route: RouteFindings, record: Record) -> None:
        """Count the pair, as soon as the route's noise is known; until then pairs wait."""
        route.waiting.append((frozenset(record.fields) - record.moved_on, record.moved_on))
        if route.asked_twice < LEARNT_AFTER and len(route.waiting) < _MOST_WAITING:
            return
        for differing, moved_on in route.waiting:
            route.count(differing, moved_on)
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
        "moved_on": route.moved_on,
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
        "moved_on": found.moved_on,
        "is_noise": route.is_noise(name),
        "kinds": dict(sorted(found.kinds.items())),
        "samples": list(found.samples),
    }


class Totals(NamedTuple):
    """What some routes come to together: of ``shadowed`` pairs ``unanswered``, of ``compared`` ones ``differing``.

    ``moved_on`` differed only until the monolith was asked again.
    """

    compared: int = 0
    differing: int = 0
    shadowed: int = 0
    unanswered: int = 0
    moved_on: int = 0

    def plus(self, other: Totals) -> Totals:
        """Both together."""
        return Totals(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


_SUMMED = ("compared", "differing", "pairs", "unanswered", "moved_on")


def totals(summary: Mapping[str, Mapping[str, Any]], routes: Iterable[str]) -> Totals:
    """The sums over some routes of a summary."""
    chosen = [summary[name] for name in routes if name in summary]
    return Totals(*(sum(route[count] for route in chosen) for count in _SUMMED))
