"""What each way into the monolith will cost more once its calls into the seam go over the wire, before any is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from strangler.analysis import Call
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.territory import Territory, module_of

#: What one call adds within a data centre, in milliseconds, if nothing else is known.
ROUND_TRIP_MS = 1.0


@dataclass(frozen=True)
class Added:
    """The calls that one request (or run of a task) will make over the border, as the code is written.

    ``calls`` counts call sites on the way, ``per_item`` those inside a loop, for each round; ``entries`` are
    the functions that are called so. Branches are counted as if all were taken.
    """

    way_in: str
    handler: str
    calls: int
    per_item: int
    entries: tuple[str, ...]

    def milliseconds(self, items: int = 1, round_trip: float = ROUND_TRIP_MS) -> float:
        """The time added if each loop has ``items`` rounds."""
        return (self.calls + self.per_item * items) * round_trip


def predict(territory: Territory, graph: CallGraph) -> list[Added]:
    """The ways in that will be slower, dearest first."""
    counter = _Counter(territory, graph)
    ways = {(name, handler): counter.of(handler) for name, handler in _ways_in(territory)}
    found = [
        Added(name, handler, cost.calls, cost.per_item, tuple(sorted(cost.entries)))
        for (name, handler), cost in ways.items()
        if cost.entries
    ]
    return sorted(found, key=lambda added: (-added.per_item, -added.calls, added.way_in, added.handler))


def _ways_in(territory: Territory) -> Iterator[tuple[str, str]]:
    for route in territory.analysis.routes:
        if territory.is_outside(module_of(route.handler)):
            yield route.id, route.handler
    for task in territory.analysis.tasks:
        if territory.is_outside(module_of(task.handler)):
            yield f"{task.kind} {task.name}", task.handler


@dataclass(frozen=True)
class _Cost:
    calls: int = 0
    per_item: int = 0
    entries: frozenset[str] = frozenset()

    def plus(self, other: _Cost, *, in_loop: bool) -> _Cost:
        calls = 0 if in_loop else other.calls
        per_item = other.per_item + (other.calls if in_loop else 0)
        return _Cost(self.calls + calls, self.per_item + per_item, self.entries | other.entries)


class _Counter:
    """Adds up the calls below each function; a call that leads back to where it came from counts once."""

    def __init__(self, territory: Territory, graph: CallGraph) -> None:
        self._territory = territory
        self._crossing = {id(call): entry.ref for entry in graph.entries for call in entry.calls}
        self._calls: Mapping[str, list[Call]] = _by_caller(territory.analysis.calls)
        self._known: dict[str, _Cost] = {}

    def of(self, ref: str) -> _Cost:
        if ref not in self._known:
            self._known[ref] = _Cost()  # a cycle ends here
            total = _Cost()
            for call in self._calls.get(ref, ()):
                total = total.plus(self._one(call), in_loop=call.in_loop)
            self._known[ref] = total
        return self._known[ref]

    def _one(self, call: Call) -> _Cost:
        sites = max(len(call.evidence), 1)
        if id(call) in self._crossing:
            return _Cost(sites, 0, frozenset({self._crossing[id(call)]}))
        if not self._territory.is_outside(module_of(call.callee)):
            return _Cost()
        below = self.of(call.callee)
        return _Cost(below.calls * sites, below.per_item * sites, below.entries)


def _by_caller(calls: tuple[Call, ...]) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in calls:
        found.setdefault(call.caller, []).append(call)
    return found
