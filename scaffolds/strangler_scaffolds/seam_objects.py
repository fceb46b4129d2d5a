"""Classes of a seam whose objects are made outside and do the seam's work: their methods are called over the border.

Such an object has no state but its members. It crosses by them, the method runs where the service is, and what it
changed in the object comes back. An ORM model is none: its objects are rows of a store, and cannot be of two classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from strangler.analysis import Call, Function
from strangler_scaffolds.django_project import host_modules
from strangler_scaffolds.territory import Territory, module_of

_BOUND_OTHERWISE = ("classmethod", "staticmethod", "property", "cached_property")
# What an object is made with that cannot cross, and so the object cannot.
_STUCK = frozenset({"callable", "iterator", "request", "session"})


@dataclass(frozen=True)
class SeamObject:
    """A class by its ref, each of its methods with the calls from outside, and what of its bases stays."""

    ref: str
    methods: Mapping[str, tuple[Function, tuple[Call, ...]]]
    bases: tuple[str, ...]


class SeamObjects:
    """Finds these classes; ``calls`` are those that come from outside of the seam, whatever they call."""

    def __init__(self, territory: Territory, functions: Mapping[str, Function], calls: Sequence[Call]) -> None:
        self._territory = territory
        self._functions = functions
        self._calls = calls

    @cached_property
    def by_ref(self) -> Mapping[str, SeamObject]:
        """All of them."""
        found = (self._object(ref) for ref in sorted(self._made()))
        return {one.ref: one for one in found if one is not None}

    def lineage(self, ref: str) -> list[str]:
        """A class and what it is built on, nearest first, as far as it is this code base's."""
        found, waiting = [], [ref]
        while waiting:
            current = waiting.pop(0)
            if current in self._functions and current not in found:
                found.append(current)
                waiting += self._functions[current].bases
        return found

    def _made(self) -> set[str]:
        """Classes of the seam that code outside makes objects of, by name or by a string that names them."""
        inside = self._territory.is_inside
        stuck = {made_of(c) for c in self._calls if any(passed.what in _STUCK for passed in c.passes)}
        made = {made_of(c) for c in self._calls if inside(module_of(c.callee))}
        made |= {symbol for symbol in self._named() if inside(module_of(symbol))}
        models = {model.cls for model in self._territory.analysis.models}
        classes = {ref for ref in made - stuck if ref in self._functions and self._functions[ref].kind == "class"}
        return {ref for ref in classes if models.isdisjoint(self.lineage(ref))}

    def _named(self) -> Iterator[str]:
        """What a text names; what a project's settings and URLs name, the framework makes, and in the service."""
        hosts = host_modules(self._territory)
        for edge in self._territory.analysis.edges:
            by_code = self._territory.calls_in(edge.source) and edge.source not in hosts
            if edge.kind == "import" and "dynamic" in edge.scope and by_code:
                yield from (site.symbol for site in edge.evidence if site.symbol)

    def _object(self, ref: str) -> SeamObject | None:
        lineage = self.lineage(ref)
        methods: dict[str, tuple[Function, tuple[Call, ...]]] = {}
        for name, calls in self._called(lineage).items():
            method = self._method(lineage, name)
            if method is not None:
                methods[name] = (method, calls)
        bases = tuple(base for base in lineage if not self._territory.is_inside(module_of(base)))
        return SeamObject(ref, methods, bases[:1]) if methods else None

    def _called(self, lineage: Sequence[str]) -> dict[str, tuple[Call, ...]]:
        """Calls from outside of methods of a class or of what it is built on, by the method's name."""
        found: dict[str, list[Call]] = {}
        for call in self._by_owner:
            owner, _, name = call.callee.rpartition(".")
            if owner in lineage and call.caller.rpartition(".")[0] not in lineage:
                found.setdefault(name, []).append(call)
        return {name: tuple(calls) for name, calls in sorted(found.items())}

    @cached_property
    def _by_owner(self) -> list[Call]:
        return [call for call in self._calls if "." in call.callee.partition(":")[2]]

    def _method(self, lineage: Sequence[str], name: str) -> Function | None:
        """The definition that such a call reaches, if it is a plain method of the seam's own."""
        found = next((self._functions[f"{cls}.{name}"] for cls in lineage if f"{cls}.{name}" in self._functions), None)
        if found is None or name.startswith("__") or found.is_generator or takes_request(found):
            return None
        return found if _is_plain(found) else None


def made_of(call: Call) -> str:
    """What a call calls, a class for its ``__init__``."""
    return call.callee.removesuffix(".__init__")


def _is_plain(function: Function) -> bool:
    bound_otherwise = any(text.rpartition(".")[2].startswith(_BOUND_OTHERWISE) for text in function.decorators)
    return function.kind == "method" and not bound_otherwise


def requests_of(function: Function) -> frozenset[str]:
    """The parameters that are a web request, by what the function says of them."""
    return frozenset(p.name for p in function.params if p.name == "request" or (p.annotation or "").endswith("Request"))


def takes_request(function: Function) -> bool:
    """Whether a function cannot be called without a web request, which cannot cross."""
    return any(p.default is None for p in function.params if p.name in requests_of(function))
