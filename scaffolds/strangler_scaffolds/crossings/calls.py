"""Calls over the border: what is called, what is handed over, what comes back, and in which transaction."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Call, Evidence, Function
from strangler.model import Location
from strangler_scaffolds.crossings.batch import batch
from strangler_scaffolds.crossings.rules import Crossing
from strangler_scaffolds.crossings.seen import seen_crossings
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.entries import CallGraph, Entry
from strangler_scaffolds.seam_objects import made_of, requests_of, takes_request
from strangler_scaffolds.territory import Territory, module_of

# What a call hands over → rule; "plain" and "unknown" have none, observation tells what those are.
_HANDED = {
    "callable": ("ARG-CALLABLE", "a function"),
    "iterator": ("ARG-ITERATOR", "an iterator"),
    "model": ("ARG-MODEL", "an ORM object"),
    "request": ("ARG-REQUEST", "a web request"),
    "session": ("ARG-SESSION", "a database session"),
}
# Bases that make a class one of values; the names end a dotted path.
_VALUE_BASES = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "NamedTuple", "TypedDict", "Protocol", "BaseModel"})
_BETWEEN = frozenset("[](),|. \"'")
# Types whose values are gone through, or asked of the store, only where they are used.
_LAZY = frozenset(
    ["AsyncGenerator", "AsyncIterator", "Generator", "Iterator", "QuerySet", "RawQuerySet", "ScalarResult"]
)


def call_crossings(territory: Territory, graph: CallGraph) -> Iterator[Crossing]:
    """Crossings that are calls."""
    over_the_border: set[int] = set()
    for entry in graph.entries:
        for call in entry.calls:
            over_the_border.add(id(call))
            yield from _entry_call(entry, call, territory)
    registered = _registered(territory)
    for call in graph.crossing:
        if id(call) not in over_the_border and call.callee in graph.functions:
            sites = [site for site in call.evidence if (call.callee, site.path) not in registered]
            yield from _object_call(graph, call, sites)
    for entry in graph.entries:
        yield from _shape(entry, territory)
        yield from seen_crossings(entry)
    for call in graph.leaving:
        for site in call.evidence:
            what = f"{call.caller} calls {call.callee}, which stays"
            yield crossing("CALL-BACK", what, site, stays=module_of(call.callee))


def _registered(territory: Territory) -> frozenset[tuple[str, str]]:
    """(handler, file) of each route: a file that says which view answers passes no request to it."""
    return frozenset((route.handler, site.path) for route in territory.analysis.routes for site in route.evidence)


def _entry_call(entry: Entry, call: Call, territory: Territory) -> Iterator[Crossing]:
    for site in call.evidence:
        if site.symbol == "reference" and _keeps_results(entry.function):
            yield crossing("CALL-CACHED", f"{call.caller} hands {entry.ref} on", site)
            continue
        yield crossing("CALL", f"{call.caller} calls {entry.ref} ({entry.kind})", site)
        if call.in_loop:
            hint = f"one round trip for all of them: {batch(entry.function, entry.name)}"
            yield crossing("CALL-LOOP", f"{call.caller} calls {entry.ref} once per item", site, hint)
        yield from _transaction(entry, call, site)
        yield from _handed_over(entry, call, site)


def _keeps_results(function: Function) -> bool:
    return any(word in text.lower() for text in function.decorators for word in ("cache", "memo"))


def _transaction(entry: Entry, call: Call, site: Evidence) -> Iterator[Crossing]:
    if call.in_transaction is None:
        return
    if entry.writes:
        tables = ", ".join(sorted(entry.writes))
        yield crossing("TXN-SPAN", f"{entry.ref} writes {tables} inside a transaction of {call.caller}", site)
    else:
        yield crossing("TXN-READ", f"{entry.ref} reads inside a transaction of {call.caller}", site)


def _handed_over(entry: Entry, call: Call, site: Evidence) -> Iterator[Crossing]:
    requests = requests_of(entry.function)
    for passed in call.passes:
        kind = "request" if passed.param in requests and passed.what == "unknown" else passed.what
        if kind not in _HANDED:
            continue
        rule, what = _HANDED[kind]
        if rule == "ARG-MODEL" and passed.param in entry.function.mutates:
            rule = "ARG-MODEL-MUTATED"
        yield crossing(rule, f"{call.caller} passes {what} for {passed.param} of {entry.ref}", site)


def _object_call(graph: CallGraph, call: Call, sites: list[Evidence]) -> Iterator[Crossing]:
    """A class of the seam that is made, or a method that is called, outside."""
    callee = graph.functions[call.callee]
    if callee.kind in ("function", "method") and takes_request(callee):
        for site in sites:
            yield crossing("ARG-REQUEST", f"{call.caller} passes a web request to {call.callee}", site)
        return
    owner = callee if callee.kind == "class" else _class_of(graph, callee)
    rule = "CLASS-VALUE" if owner is None or is_value_class(graph, owner) else "CLASS-STATEFUL"
    if made_of(call) in graph.objects.by_ref:
        rule = "CLASS-OBJECT"
    what = "makes a" if callee.kind == "class" else "calls"
    for site in sites:
        yield crossing(rule, f"{call.caller} {what} {call.callee}", site)


def _class_of(graph: CallGraph, method: Function) -> Function | None:
    return graph.functions.get(method.ref.rpartition(".")[0])


def is_value_class(graph: CallGraph, function: Function) -> bool:
    """Whether instances are nothing but their members: dataclasses, enums, tuples, exceptions."""
    if any("dataclass" in text or text.startswith(("attr", "define", "frozen")) for text in function.decorators):
        return True
    bases = [base.rpartition(":")[2].rpartition(".")[2] for base in function.bases]
    if any(base in _VALUE_BASES or base.endswith(("Error", "Exception", "Warning")) for base in bases):
        return True
    known = [graph.functions[base] for base in function.bases if base in graph.functions]
    return any(is_value_class(graph, base) for base in known if base.ref != function.ref)


def _shape(entry: Entry, territory: Territory) -> Iterator[Crossing]:
    """What the function's own definition says about crossing, once per function."""
    function = entry.function
    place = Location(function.path, function.line)
    if function.is_generator:
        yield crossing("RESULT-ITERATOR", f"{entry.ref} is a generator", place)
    elif lazy := sorted(_words(function.returns or "") & _LAZY):
        yield crossing("RESULT-ITERATOR", f"{entry.ref} returns a {lazy[0]}", place)
    if function.is_async:
        yield crossing("CALL-ASYNC", f"{entry.ref} is async", place)
    if any(param.kind in ("var_positional", "var_keyword") for param in function.params):
        yield crossing("CALL-VARIADIC", f"{entry.ref} takes any arguments", place)
    for name in entry.mutates:
        yield crossing("ARG-MUTATED", f"{entry.ref} changes its argument {name}", place)
    for model in _models_in(function.returns or "", territory):
        yield crossing("RESULT-MODEL", f"{entry.ref} returns {model}, an ORM object", place)


def _words(annotation: str) -> set[str]:
    return set("".join(" " if c in _BETWEEN else c for c in annotation).split())


def _models_in(annotation: str, territory: Territory) -> list[str]:
    names = {
        m.cls.rpartition(":")[2]: m.cls for m in territory.analysis.models if module_of(m.cls) not in territory.tests
    }
    return sorted(names[word] for word in _words(annotation) & set(names))
