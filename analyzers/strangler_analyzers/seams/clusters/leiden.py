"""Leiden clustering (Traag, Waltman and van Eck 2019) of a weighted graph, for a given modularity resolution.

Deterministic: nodes are positions, the only randomness is a generator seeded by the caller, and nothing is a set.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from strangler_analyzers.seams.signals.landscape import Pairs

Partition = tuple[int, ...]

_GAIN = 1e-12


@dataclass(frozen=True, slots=True)
class Graph:
    """Neighbours with weights per node, and each node's strength (its share in the penalty for large groups)."""

    adjacent: list[dict[int, float]]
    strength: list[float]

    @classmethod
    def of(cls, ties: Pairs, size: int) -> Graph:
        """The graph of ``size`` nodes with these ties."""
        adjacent: list[dict[int, float]] = [{} for _ in range(size)]
        for (one, other), weight in sorted(ties.items()):
            adjacent[one][other] = weight
            adjacent[other][one] = weight
        return cls(adjacent, [sum(near.values()) for near in adjacent])

    def aggregate(self, groups: Sequence[int], count: int) -> Graph:
        """The graph whose nodes are ``groups`` of this one's."""
        adjacent: list[dict[int, float]] = [{} for _ in range(count)]
        strength = [0.0] * count
        for node, near in enumerate(self.adjacent):
            group = groups[node]
            strength[group] += self.strength[node]
            row = adjacent[group]
            for other, weight in near.items():
                if groups[other] != group:
                    row[groups[other]] = row.get(groups[other], 0.0) + weight
        return Graph(adjacent, strength)


def leiden(graph: Graph, resolution: float, seed: int, *, start: Sequence[int] | None = None) -> Partition:
    """The group of each node, numbered in the order of their first nodes.

    Args:
        graph: what to cluster.
        resolution: above 1 gives more and smaller groups, below 1 fewer.
        seed: of the order in which nodes are visited.
        start: groups to begin with instead of single nodes.
    """
    total = sum(graph.strength)
    if not total:
        return tuple(range(len(graph.adjacent)))
    pull, order = resolution / total, random.Random(seed)
    members = [[node] for node in range(len(graph.adjacent))]
    groups, _ = renumber(start if start is not None else range(len(graph.adjacent)))
    while True:
        groups, count = renumber(_move(graph, pull, order, groups))
        parts, parts_count = renumber(_refine(graph, pull, order, groups))
        if count == len(graph.adjacent) or parts_count == len(graph.adjacent):
            return _spread(groups, members)
        graph = graph.aggregate(parts, parts_count)
        members, groups = _merge(members, parts, groups, parts_count)


def renumber(groups: Sequence[int]) -> tuple[list[int], int]:
    """The same groups numbered from 0 in the order in which they appear, and how many there are."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(group, len(numbers)) for group in groups], len(numbers)


def _move(graph: Graph, pull: float, order: random.Random, groups: Sequence[int]) -> list[int]:
    """Let nodes join the neighbouring group they gain most from, until none wants to move."""
    groups = list(groups)
    mass = [0.0] * len(groups)
    for node, group in enumerate(groups):
        mass[group] += graph.strength[node]
    nodes = list(range(len(groups)))
    order.shuffle(nodes)
    queue, waiting = deque(nodes), [True] * len(groups)
    while queue:
        node = queue.popleft()
        waiting[node] = False
        own, near, strength = groups[node], graph.adjacent[node], graph.strength[node]
        mass[own] -= strength
        best = _best(_links(near, groups), mass, pull * strength, own)
        mass[best] += strength
        if best != own:
            groups[node] = best
            for other in near:
                if not waiting[other] and groups[other] != best:
                    waiting[other] = True
                    queue.append(other)
    return groups


def _links(near: dict[int, float], groups: Sequence[int]) -> dict[int, float]:
    links: dict[int, float] = {}
    for other, weight in near.items():
        group = groups[other]
        links[group] = links.get(group, 0.0) + weight
    return links


def _best(links: dict[int, float], mass: list[float], pull: float, own: int) -> int:
    best, most = own, links.get(own, 0.0) - pull * mass[own]
    for group, link in links.items():
        gain = link - pull * mass[group]
        if gain > most + _GAIN:
            best, most = group, gain
    return best


def _refine(graph: Graph, pull: float, order: random.Random, groups: Sequence[int]) -> list[int]:
    """Split each group into parts that hang together, by merging single nodes inside it."""
    size = len(groups)
    parts, mass, single, whole = list(range(size)), list(graph.strength), [True] * size, [0.0] * size
    for node, group in enumerate(groups):
        whole[group] += graph.strength[node]
    nodes = list(range(size))
    order.shuffle(nodes)
    for node in nodes:
        if not single[node]:
            continue
        group, strength = groups[node], graph.strength[node]
        links: dict[int, float] = {}
        for other, weight in graph.adjacent[node].items():
            if groups[other] == group:
                links[parts[other]] = links.get(parts[other], 0.0) + weight
        if sum(links.values()) < pull * strength * (whole[group] - strength):
            continue
        mass[node] -= strength
        best = _best(links, mass, pull * strength, node)
        mass[best] += strength
        if best != node:
            parts[node], single[best] = best, False
    return parts


def _merge(
    members: list[list[int]], parts: Sequence[int], groups: Sequence[int], count: int
) -> tuple[list[list[int]], list[int]]:
    merged: list[list[int]] = [[] for _ in range(count)]
    start = [0] * count
    for node, part in enumerate(parts):
        merged[part] += members[node]
        start[part] = groups[node]
    return merged, renumber(start)[0]


def _spread(groups: Sequence[int], members: list[list[int]]) -> Partition:
    out = [0] * sum(map(len, members))
    for group, inside in zip(groups, members, strict=True):
        for node in inside:
            out[node] = group
    return tuple(renumber(out)[0])
