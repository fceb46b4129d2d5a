"""Which modules can be a library on both sides of a border: the shared kernel, and what a seam needs beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import networkx as nx

from strangler.analysis import Analysis, Edge

# A kernel module is used in this share of the groups, and none of them uses it more than all others together.
_FEWEST_GROUPS = 4
_SHARE_OF_GROUPS = 0.4
_LARGEST_SHARE = 0.5
# Used for its tables rather than for what it does, a module is somebody's data and no library.
_DATA_SHARE = 0.5
_NOT_AT_RUN_TIME = frozenset({"type_checking", "dynamic"})


@dataclass(frozen=True, slots=True)
class KernelModule:
    """A module of the kernel: how many modules use it, in how many groups."""

    module: str
    users: int
    groups: int


class Libraries:
    """Answers what a module drags along, and whether both sides of a border may have it."""

    def __init__(self, analysis: Analysis) -> None:
        self._imports: dict[str, set[str]] = {}
        self._users: dict[str, set[str]] = {}
        product = {module.name for module in analysis.modules if module.is_product}
        for edge in analysis.edges:
            if edge.source in product and edge.target in product:
                self._users.setdefault(edge.target, set()).add(edge.source)
                if _is_import(edge):
                    self._imports.setdefault(edge.source, set()).add(edge.target)
        self._heavy = {table.owner for table in analysis.tables} | {route.module for route in analysis.routes}
        self._closure = _closures(self._imports, self._heavy)
        self._data_users = _data_users(analysis)

    def is_light(self, module: str, kernel: Collection[str]) -> bool:
        """Whether both sides can have it: it drags nothing along, and a table of its own is nobody else's business."""
        private = module not in self._heavy or not self._data_users.get(module)
        return private and not self._drags(module, kernel)

    def _drags(self, module: str, kernel: Collection[str]) -> frozenset[str]:
        """What it imports, directly or not, that owns tables or serves routes, but for itself and the kernel."""
        return self._closure.get(module, frozenset()) - {module} - frozenset(kernel)

    def kernel(self, group_of: Mapping[str, str | int], groups: int) -> list[KernelModule]:
        """The modules that are used everywhere, owned by nobody and light, most used first."""
        wide = {module: spread for module in sorted(self._users) if (spread := self._spread(module, group_of, groups))}
        found: set[str] = set()
        while True:
            more = {module for module in wide if module not in found and not self._drags(module, found)}
            if not more:
                break
            found |= more
        ranked = sorted(found, key=lambda module: (-len(self._users[module]), module))
        return [KernelModule(module, len(self._users[module]), len(wide[module])) for module in ranked]

    def _spread(self, module: str, group_of: Mapping[str, str | int], groups: int) -> Counter[str | int] | None:
        """How many users it has in each group, or None if it is not used everywhere alike."""
        users = self._users[module]
        spread = Counter(group_of[user] for user in sorted(users) if user in group_of)
        if len(spread) < max(_FEWEST_GROUPS, _SHARE_OF_GROUPS * groups):
            return None
        if max(spread.values()) > _LARGEST_SHARE * spread.total():
            return None
        return spread if len(self._data_users.get(module, ())) < _DATA_SHARE * len(users) else None

    def beside(self, modules: Collection[str], kernel: Collection[str]) -> list[str]:
        """What a service of ``modules`` needs as libraries: the kernel and light modules that it reaches by imports."""
        own, found = set(modules), set[str]()
        waiting = sorted(own)
        while waiting:
            for target in sorted(self._imports.get(waiting.pop(), ())):
                if target not in own and target not in found and (target in kernel or self.is_light(target, kernel)):
                    found.add(target)
                    waiting.append(target)
        return sorted(found)


def _is_import(edge: Edge) -> bool:
    return edge.kind == "import" and not (edge.scope and _NOT_AT_RUN_TIME.issuperset(edge.scope))


def _closures(imports: Mapping[str, set[str]], heavy: Collection[str]) -> dict[str, frozenset[str]]:
    """For each module the heavy ones among itself and all that it imports."""
    return spread_back(imports, lambda module: frozenset({module}) if module in heavy else frozenset())


def spread_back(arcs: Mapping[str, set[str]], own: Callable[[str], frozenset[str]]) -> dict[str, frozenset[str]]:
    """For each node what it and everything it reaches has of its own."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((source, target) for source in sorted(arcs) for target in sorted(arcs[source]))
    reached: dict[str, frozenset[str]] = {}
    for component in nx.strongly_connected_components(graph):  # what is reached comes before what reaches it
        parts = {own(node) for node in component}
        parts |= {reached[near] for node in component for near in graph.successors(node) if near in reached}
        reached.update(dict.fromkeys(component, frozenset().union(*parts)))
    return reached


def _data_users(analysis: Analysis) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for edge in analysis.edges:
        if edge.kind == "data":
            found.setdefault(edge.target, set()).add(edge.source)
    return found
