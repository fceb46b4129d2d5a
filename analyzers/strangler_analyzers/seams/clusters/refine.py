"""Last moves: modules that a table pulls over, groups that hardly came out, constraints that keep modules apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from strangler_analyzers.seams.clusters.leiden import Graph, renumber

_PASSES = 4
# A module leaves its group only if another one holds it clearly more; otherwise two halves would swap for ever.
_CLEARLY = 1.25


def propagate(graph: Graph, groups: Sequence[int], fixed: Sequence[bool]) -> list[int]:
    """Let modules join the group that holds them most, as label propagation does, until few passes change nothing."""
    groups = list(groups)
    for _ in range(_PASSES):
        moved = False
        for node, near in enumerate(graph.adjacent):
            if fixed[node] or not near:
                continue
            pulls = pull(near, groups)
            best = max(sorted(pulls), key=pulls.__getitem__)
            if best != groups[node] and pulls[best] > _CLEARLY * pulls.get(groups[node], 0.0):
                groups[node], moved = best, True
        if not moved:
            break
    return groups


def dissolve(graph: Graph, groups: Sequence[int], unsure: Collection[int], fixed: Sequence[bool]) -> list[int]:
    """Give the modules of ``unsure`` groups to the sure ones that hold them; what none holds is left by itself."""
    out, alone = list(groups), max(groups, default=0)
    for node, near in enumerate(graph.adjacent):
        if groups[node] in unsure and not fixed[node]:
            pulls = {group: held for group, held in pull(near, groups).items() if group not in unsure}
            alone += not pulls
            out[node] = max(sorted(pulls), key=pulls.__getitem__) if pulls else alone
    return out


def pull(near: Mapping[int, float], groups: Sequence[int]) -> dict[int, float]:
    """How strongly each group holds a node with these neighbours."""
    pulls: dict[int, float] = {}
    for other, weight in near.items():
        pulls[groups[other]] = pulls.get(groups[other], 0.0) + weight
    return pulls


def keep_apart(
    graph: Graph, groups: Sequence[int], apart: Sequence[tuple[int, int]], blocks: Sequence[int]
) -> list[int]:
    """Split groups that hold both ends of a pair; every other member goes to the end that holds it more."""
    groups = list(groups)
    for one, other in apart:
        if groups[one] == groups[other]:
            _split(graph, groups, one, other, blocks)
    return renumber(groups)[0]


def _split(graph: Graph, groups: list[int], one: int, other: int, blocks: Sequence[int]) -> None:
    old, new = groups[one], max(groups) + 1
    members = [node for node, group in enumerate(groups) if group == old]
    side = {node: new for node in members if blocks[node] == blocks[other]}
    side.update({node: old for node in members if blocks[node] == blocks[one]})
    waiting = [node for node in members if node not in side]
    while waiting:  # the clearest case first: it decides on which side its neighbours' friends are
        sides = {node: _sides(graph.adjacent[node], side, old, new) for node in waiting}
        node = max(waiting, key=lambda node: (abs(sides[node][0] - sides[node][1]), -node))
        left, right = sides[node]
        side.update({same: new if right > left else old for same in waiting if blocks[same] == blocks[node]})
        waiting = [other for other in waiting if other not in side]
    for node, group in side.items():
        groups[node] = group


def _sides(near: Mapping[int, float], side: Mapping[int, int], old: int, new: int) -> tuple[float, float]:
    left = sum(weight for other, weight in near.items() if side.get(other) == old)
    right = sum(weight for other, weight in near.items() if side.get(other) == new)
    return left, right
