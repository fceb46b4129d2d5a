"""The functions of a seam that the rest of the monolith calls, and what calling each of them does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from strangler.analysis import Call, Evidence, Function
from strangler.plan import CallPolicy
from strangler_scaffolds.seen import Observed
from strangler_scaffolds.territory import Territory, module_of


@dataclass(frozen=True)
class Entry:
    """A function that is called over the border; ``calls`` are those calls, ``writes`` the tables it changes.

    ``seen`` is what an observation saw of it.
    """

    function: Function
    calls: tuple[Call, ...]
    reads: frozenset[str]
    writes: frozenset[str]
    policy: CallPolicy | None = None
    seen: Observed | None = None

    @property
    def mutates(self) -> tuple[str, ...]:
        """The parameters whose values it changes, as the code says or as was seen."""
        named = {param.name for param in self.function.params}
        changed = named.intersection(self.seen.changed) if self.seen else set()
        return tuple(sorted({*self.function.mutates, *changed}))

    @property
    def ref(self) -> str:
        """``module:name``."""
        return self.function.ref

    @property
    def module(self) -> str:
        """The module it is defined in."""
        return module_of(self.function.ref)

    @property
    def name(self) -> str:
        """Its name in that module."""
        return self.function.ref.partition(":")[2]

    @property
    def kind(self) -> Literal["query", "command"]:
        """Whether calling it twice is the same as calling it once: the plan says so, or it changes no table."""
        if self.policy is not None:
            return self.policy.kind
        return "command" if self.writes else "query"

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
        for call in territory.analysis.calls:
            self._callees.setdefault(call.caller, []).append(call.callee)

    @cached_property
    def crossing(self) -> tuple[Call, ...]:
        """Calls from outside into the seam."""
        inside, outside = self._territory.is_inside, self._territory.is_outside
        calls = self._territory.analysis.calls
        return tuple(c for c in calls if outside(module_of(c.caller)) and inside(module_of(c.callee)))

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
        """The module-level functions of the seam that are called from outside, by ref."""
        calls: dict[str, list[Call]] = {}
        for call in self.crossing:
            function = self.functions.get(call.callee)
            if function is not None and function.kind == "function" and "." not in function.ref.partition(":")[2]:
                calls.setdefault(call.callee, []).append(call)
        return tuple(self._entry(self.functions[ref], calls[ref]) for ref in sorted(calls))

    def _entry(self, function: Function, calls: list[Call]) -> Entry:
        reached = self.reached(function.ref)
        return Entry(
            function,
            tuple(sorted(calls, key=lambda call: call.caller)),
            frozenset(table for other in reached for table in other.reads),
            frozenset(table for other in reached for table in other.writes),
            self._territory.service.calls.get(function.ref),
            self._seen.get(function.ref),
        )
