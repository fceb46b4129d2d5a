"""Which modules go, which become a library, and which stay: the seam as sets of module names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from strangler.analysis import Analysis, Edge, Function, Module, Task
from strangler.errors import StranglerError
from strangler.plan import Plan, Service

# A module with one of these roles, or with tasks, is more than a library: tables, entry points or work hang on it.
_ROOTED_ROLES = frozenset({"models", "routes", "tests", "migrations", "entrypoint", "cli"})


def module_of(ref: str) -> str:
    """The module that a ref (``module:qualname``) lies in."""
    return ref.partition(":")[0]


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a module is meant by one of the plan's patterns (``shop.billing.*`` is everything below it)."""
    return any(name == pattern or _is_below(name, pattern) for pattern in patterns)


def _is_below(name: str, pattern: str) -> bool:
    return pattern.endswith(".*") and name.startswith(pattern[:-1])


def is_hook(task: Task) -> bool:
    """Whether a framework calls it around requests or rows, for whoever registers it; nothing starts it by itself."""
    return task.kind == "signal" and "." not in task.name.replace(":", ".")


def parents(name: str) -> Iterator[str]:
    """The packages around a module, from the outside in."""
    parts = name.split(".")
    for count in range(1, len(parts)):
        yield ".".join(parts[:count])


@dataclass(frozen=True)
class Territory:
    """The monolith's modules, divided for one service.

    ``moved`` go, ``shared`` are the library both sides use; every other module stays where it is. Of ``hosts``, the way
    from an application to the seam, the service has what works there.
    """

    name: str
    service: Service
    analysis: Analysis
    moved: frozenset[str]
    shared: frozenset[str]
    hosts: frozenset[str] = frozenset()

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """All modules by name."""
        return {module.name: module for module in self.analysis.modules}

    @cached_property
    def imports(self) -> Mapping[str, tuple[Edge, ...]]:
        """The import edges of each module that exist at run time."""
        return runtime_imports(self.analysis)

    @cached_property
    def classes(self) -> Mapping[str, Function]:
        """The classes by ref."""
        return {function.ref: function for function in self.analysis.functions if function.kind == "class"}

    @cached_property
    def tests(self) -> frozenset[str]:
        """Modules that are tests; what they do is no crossing of the product."""
        return frozenset(module.name for module in self.analysis.modules if "tests" in module.roles)

    @cached_property
    def taken(self) -> frozenset[str]:
        """The modules that the service has whole: those that go, and the library."""
        return self.moved | self.shared

    def is_inside(self, module: str) -> bool:
        """Whether the service will own this module."""
        return module in self.moved

    def calls_in(self, module: str) -> bool:
        """Whether what a module does to the seam is done from outside: by code that stays, or by the library."""
        return module not in self.moved and module not in self.tests

    def is_outside(self, module: str) -> bool:
        """Whether a module stays in the monolith alone (tests are neither side)."""
        return module not in self.taken and module not in self.tests


def runtime_imports(analysis: Analysis) -> dict[str, tuple[Edge, ...]]:
    """Import edges by source, those for annotations only left out."""
    found: dict[str, list[Edge]] = {}
    for edge in analysis.edges:
        if edge.kind == "import" and edge.scope != ("type_checking",):
            found.setdefault(edge.source, []).append(edge)
    return {source: tuple(edges) for source, edges in found.items()}


def survey(
    analysis: Analysis, plan: Plan, name: str, *, hosts: Iterable[str] = (), parts: Iterable[str] = ()
) -> Territory:
    """Divide the monolith's modules for the service ``name``.

    What ``hosts`` import may be in the library as well, and so may ``parts`` themselves.

    Raises:
        StranglerError: the plan has no such service, or its patterns match no module.
    """
    service = plan.service(name)
    moved = frozenset(m.name for m in analysis.modules if matches(m.name, service.modules) and "tests" not in m.roles)
    if not moved:
        hint = f"strangler scaffold {name} makes a service without code" if service.image else "check its patterns"
        raise StranglerError(f"no module of the monolith belongs to service '{name}'", hint=hint)
    way = frozenset(hosts)
    return Territory(name, service, analysis, moved, _shared(analysis, service, moved, way, parts), way)


def _shared(
    analysis: Analysis, service: Service, moved: frozenset[str], hosts: frozenset[str], parts: Iterable[str]
) -> frozenset[str]:
    """The library: what is named as shared or is nothing but code, as far as the moved modules need it.

    A module that is named in full is in it anyway: code that is found by its place or by a text (a migration, a
    plug-in) is needed although no import says so.
    """
    imports = runtime_imports(analysis)
    named = {m.name for m in analysis.modules if matches(m.name, service.shared) or m.name in analysis.shared}
    library = _Library(analysis, imports, frozenset(named - moved), moved)
    needed = {part for part in parts if part not in moved and library.may_be_shared(part)}
    needed |= {name for name in service.shared if name in named and name not in moved}
    waiting = sorted(moved | hosts | needed)
    while waiting:
        for target in library.allowed_targets(waiting.pop()):
            if target not in needed and target not in moved and target not in hosts:
                needed.add(target)
                waiting.append(target)
    return frozenset(needed)


class _Library:
    """Says of each module whether it may be shared: named so, or pure code down to the last import."""

    def __init__(
        self, analysis: Analysis, imports: Mapping[str, tuple[Edge, ...]], named: frozenset[str], moved: frozenset[str]
    ) -> None:
        self._modules = {module.name: module for module in analysis.modules}
        self._imports = imports
        self._named = named
        self._moved = moved
        self._stateful = frozenset(state.module for state in analysis.state if state.writers)
        self._working = frozenset(
            task.module or module_of(task.handler) for task in analysis.tasks if not is_hook(task)
        )
        self._known: dict[str, bool] = {}

    def allowed_targets(self, source: str) -> Iterator[str]:
        """What ``source`` needs that may be shared: modules it imports, and the packages around them and itself."""
        targets = [edge.target for edge in self._imports.get(source, ()) if self.may_be_shared(edge.target)]
        around = {parent for name in (source, *targets) for parent in parents(name) if parent in self._modules}
        return (name for name in sorted({*targets, *around}) if self.may_be_shared(name))

    def may_be_shared(self, name: str) -> bool:
        if name in self._named:
            return True
        if name not in self._known:
            self._known[name] = True  # a cycle of pure modules is pure
            self._known[name] = self._is_pure(name)
        return self._known[name]

    def _is_pure(self, name: str) -> bool:
        module = self._modules.get(name)
        own = self._stateful | self._working | self._moved
        if module is None or name in own or _ROOTED_ROLES & set(module.roles):
            return False
        return all(self.may_be_shared(edge.target) for edge in self._imports.get(name, ()))
