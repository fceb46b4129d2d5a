"""Which modules the handler of a route or task reaches through calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx as nx

from strangler.analysis import Analysis


class Reach:
    """For each function the modules reached from it, as bits of an integer; computed once for the whole program."""

    def __init__(self, analysis: Analysis) -> None:
        self._modules = sorted(module.name for module in analysis.modules)
        self._bit = {name: 1 << place for place, name in enumerate(self._modules)}
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_edges_from((call.caller, call.callee) for call in analysis.calls)
        self._reached = self._spread(graph)

    def _spread(self, graph: nx.DiGraph[str]) -> dict[str, int]:
        reached: dict[str, int] = {}
        for component in nx.strongly_connected_components(graph):  # callees first
            bits = 0
            for function in component:
                bits |= self._own(function)
                for callee in graph.successors(function):
                    bits |= reached.get(callee, 0)
            reached.update(dict.fromkeys(component, bits))
        return reached

    def _own(self, function: str) -> int:
        return self._bit.get(function.partition(":")[0], 0)

    def bits(self, modules: Iterable[str]) -> int:
        """The modules as bits, to compare with :meth:`of`."""
        found = 0
        for module in modules:
            found |= self._bit.get(module, 0)
        return found

    def of(self, handler: str, methods: Mapping[str, list[str]]) -> int:
        """What ``handler`` reaches; a class reaches what its methods do."""
        found = self._own(handler)
        for function in (handler, *methods.get(handler, ())):
            found |= self._reached.get(function, 0)
        return found


def methods_of(analysis: Analysis) -> dict[str, list[str]]:
    """The methods of each class, by ref."""
    found: dict[str, list[str]] = {}
    for function in analysis.functions:
        owner, _, _ = function.ref.rpartition(".")
        if ":" in owner:
            found.setdefault(owner, []).append(function.ref)
    return found
