"""Modules that need each other in a ring, and the cheapest dependencies that break every ring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from strangler.analysis import Analysis, Edge

_RUNTIME = frozenset({"import", "call", "inherit", "data", "task"})
# An import inside a function waits until it is called, one for type checkers is never made, and a name in a string is
# looked up by a registry that is there to allow it: none of them closes a ring.
_LATE = frozenset({"function", "type_checking", "dynamic"})
# Breaking an inheritance or a table access is dearer than breaking an import of the same number of sites.
_PRICE: Mapping[str, int] = {"import": 1, "task": 1, "call": 2, "data": 4, "inherit": 8}


@dataclass(frozen=True, slots=True)
class Cycle:
    """Modules of one ring or several entangled ones, and the edges without which there is none."""

    modules: tuple[str, ...]
    breakers: tuple[Edge, ...]


def cycles(analysis: Analysis) -> list[Cycle]:
    """Every tangle of rings, the largest first; imports that are not made at load time close none."""
    edges: dict[tuple[str, str], list[Edge]] = {}
    for edge in analysis.edges:
        if edge.kind in _RUNTIME and not (edge.scope and _LATE.issuperset(edge.scope)):
            edges.setdefault((edge.source, edge.target), []).append(edge)
    imports = {pair for pair, found in edges.items() if any(edge.kind == "import" for edge in found)}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(sorted(imports))
    rings = [sorted(ring) for ring in nx.strongly_connected_components(graph) if len(ring) > 1]
    return [_broken(ring, imports, edges) for ring in sorted(rings, key=lambda ring: (-len(ring), ring))]


def _broken(ring: Sequence[str], imports: set[tuple[str, str]], edges: Mapping[tuple[str, str], list[Edge]]) -> Cycle:
    inside = set(ring)
    prices = {
        pair: sum(_PRICE[edge.kind] * edge.weight for edge in edges[pair])
        for pair in sorted(imports)
        if pair[0] in inside and pair[1] in inside
    }
    breakers = [edge for pair in breaking(prices) for edge in edges[pair] if edge.kind == "import"]
    return Cycle(tuple(ring), tuple(breakers))


def breaking(prices: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    """Arcs without which the graph has no ring, at a low total price, and none of them needlessly.

    Nodes are lined up so that little points backward (Eades, Lin and Smyth 1993); then, the dearest first, arcs that
    point backward are put back wherever that closes no ring.
    """
    position = {node: place for place, node in enumerate(_lined_up(prices))}
    backward = [arc for arc in prices if position[arc[0]] > position[arc[1]]]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(position)
    graph.add_edges_from(arc for arc in prices if position[arc[0]] < position[arc[1]])
    kept = []
    for source, target in sorted(backward, key=lambda arc: (-prices[arc], arc)):
        if nx.has_path(graph, target, source):
            kept.append((source, target))
        else:
            graph.add_edge(source, target)
    return sorted(kept)


def _lined_up(prices: Mapping[tuple[str, str], int]) -> Iterable[str]:
    out: dict[str, dict[str, int]] = {}
    into: dict[str, dict[str, int]] = {}
    for (source, target), price in prices.items():
        for node in (source, target):
            out.setdefault(node, {})
            into.setdefault(node, {})
        out[source][target] = price
        into[target][source] = price
    surplus = {node: sum(out[node].values()) - sum(into[node].values()) for node in out}
    first: list[str] = []
    last: list[str] = []
    while out:
        node = _next(out, into, surplus)
        (last if not out[node] else first).append(node)
        for other, price in out.pop(node).items():
            into[other].pop(node, None)
            surplus[other] += price
        for other, price in into.pop(node).items():
            out[other].pop(node, None)
            surplus[other] -= price
    return [*first, *reversed(last)]


def _next(out: Mapping[str, Mapping[str, int]], into: Mapping[str, Mapping[str, int]], surplus: dict[str, int]) -> str:
    sink = next((node for node in sorted(out) if not out[node]), None)
    if sink is not None:
        return sink
    source = next((node for node in sorted(out) if not into[node]), None)
    return source if source is not None else min(out, key=lambda node: (-surplus[node], node))
