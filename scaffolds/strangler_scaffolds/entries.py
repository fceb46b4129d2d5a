"""The functions of a seam that the rest of the monolith calls, and what calling each of them does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from strangler.analysis import Call, Evidence, Function
from strangler.plan import CallPolicy
from strangler_scaffolds.seam_objects import SeamObjects, takes_request
from strangler_scaffolds.seen import Observed
from strangler_scaffolds.territory import Territory, module_of


@dataclass(frozen=True)
class Entry:
    """A function that is called over the border; ``calls`` are those calls, ``writes`` the tables it changes.

    ``ref`` is where callers find it: a method is named after the class of the object, wherever in its bases it is
    defined. ``sends`` is whether it does something outside that no table shows: a request, a message. ``seen`` is what
    an observation saw of it.
    """

    ref: str
    function: Function
    calls: tuple[Call, ...]
    reads: frozenset[str]
    writes: frozenset[str]
    policy: CallPolicy | None = None
    sends: bool = False
    seen: Observed | None = None

    @property
    def module(self) -> str:
        """The module it is found in."""
        return module_of(self.ref)

    @property
    def name(self) -> str:
        """Its name in that module."""
        return self.ref.partition(":")[2]

    @property
    def is_method(self) -> bool:
        """Whether it is called on an object."""
        return "." in self.name

    @property
    def mutates(self) -> tuple[str, ...]:
        """The arguments whose changes come back, as the code says or as was seen; a method may change its object."""
        own = {self.function.params[0].name} if self.is_method and self.function.params else set()
        changed = self.seen.changed if self.seen else ()
        seen = {param.name for param in self.function.params}.intersection(changed)
        return tuple(sorted({*self.function.mutates, *own, *seen}))

    @property
    def kind(self) -> Literal["query", "command"]:
        """Whether calling it twice is the same as calling it once: the plan says so, or it changes no table."""
        if self.policy is not None:
            return self.policy.kind
        nothing_to_ask = self.function.returns == "None"
        return "command" if self.writes or self.sends or nothing_to_ask else "query"

    @property
    def sites(self) -> tuple[Evidence, ...]:
        """Every place that calls it."""
        return tuple(sorted(site for call in self.calls for site in call.evidence))


class CallGraph:
    """Who calls whom, and what comes of it down the line."""

    def __init__(self, territory: Territory, seen: Mapping[str, Observed] | None = None) -> None:
        self._territory = territory
        self._seen = seen or {}
        self.functions: Mapping[str, Function] = {f.ref: f for f in territory.analysis.functions}
        self._callees: dict[str, list[str]] = {}
        self._sending = {outbound.function for outbound in territory.analysis.outbound}
        for call in territory.analysis.calls:
            self._callees.setdefault(call.caller, []).append(call.callee)

    @cached_property
    def crossing(self) -> tuple[Call, ...]:
        """Calls from outside into the seam."""
        return tuple(call for call in self._from_outside if self._territory.is_inside(module_of(call.callee)))

    @cached_property
    def _from_outside(self) -> tuple[Call, ...]:
        """Calls by code that stays or by the library; the library's calls of what it was handed are none."""
        imported = {(source, edge.target) for source, edges in self._territory.imports.items() for edge in edges}
        shared, inside = self._territory.shared, self._territory.is_inside

        def counts(caller: str, callee: str) -> bool:
            return caller not in shared or not inside(callee) or (caller, callee) in imported

        calls = (c for c in self._territory.analysis.calls if self._territory.calls_in(module_of(c.caller)))
        return tuple(call for call in calls if counts(module_of(call.caller), module_of(call.callee)))

    @cached_property
    def objects(self) -> SeamObjects:
        """The classes whose objects cross, with their methods."""
        return SeamObjects(self._territory, self.functions, self._from_outside)

    @cached_property
    def leaving(self) -> tuple[Call, ...]:
        """Calls from the seam to what stays."""
        inside, outside = self._territory.is_inside, self._territory.is_outside
        calls = self._territory.analysis.calls
        return tuple(c for c in calls if inside(module_of(c.caller)) and outside(module_of(c.callee)))

    def reached(self, ref: str) -> list[Function]:
        """The function and everything it calls, directly or not."""
        seen, waiting, found = {ref}, [ref], []
        while waiting:
            current = waiting.pop()
            if current in self.functions:
                found.append(self.functions[current])
            for callee in self._callees.get(current, ()):
                if callee not in seen:
                    seen.add(callee)
                    waiting.append(callee)
        return found

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What of the seam is called from outside, by ref: its functions, and methods of its objects."""
        calls: dict[str, list[Call]] = {}
        for call in self.crossing:
            function = self.functions.get(call.callee)
            if function is not None and _is_function(function) and not takes_request(function):
                calls.setdefault(call.callee, []).append(call)
        entries = [self._entry(ref, self.functions[ref], found) for ref, found in calls.items()]
        for one in self.objects.by_ref.values():
            for name, (method, made) in one.methods.items():
                entries.append(self._entry(f"{one.ref}.{name}", method, made))
        return tuple(sorted(entries, key=lambda entry: entry.ref))

    def _entry(self, ref: str, function: Function, calls: Sequence[Call]) -> Entry:
        reached = self.reached(function.ref)
        return Entry(
            ref,
            function,
            tuple(sorted(calls, key=lambda call: call.caller)),
            frozenset(table for other in reached for table in other.reads),
            frozenset(table for other in reached for table in other.writes),
            self._territory.service.calls.get(ref),
            any(other.ref in self._sending for other in reached),
            self._seen.get(ref),
        )


def _is_function(function: Function) -> bool:
    return function.kind == "function" and "." not in function.ref.partition(":")[2]
