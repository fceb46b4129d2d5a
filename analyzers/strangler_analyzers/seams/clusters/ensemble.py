"""Many clusterings of the same ties, and what they agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from strangler_analyzers.seams.clusters.leiden import Graph, Partition, leiden, renumber
from strangler_analyzers.seams.signals.landscape import Pairs
from strangler_analyzers.seams.signals.ties import Ties

_SPREAD = (0.8, 1.0, 1.25)
_SEEDS = 2
# Ties above which one order of nodes has to do: the runs then differ by resolution and signal only.
_LARGE = 40_000


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The runs, and the ties weighted by how many of the runs keep both ends together."""

    runs: tuple[Partition, ...]
    agreed: Pairs


def ensemble(ties: Ties, blocks: Sequence[int], resolution: float, *, seed: int, agreement: float) -> Ensemble:
    """Cluster with every signal and without each in turn, around ``resolution``, in several orders."""
    whole = ties.total()
    seeds = range(seed, seed + (_SEEDS if len(whole) < _LARGE else 1))
    graph = Blocked.of(whole, blocks)
    runs = [graph.cluster(resolution * factor, one) for factor in _SPREAD for one in seeds]
    for without in ties.signals:
        graph = Blocked.of(ties.total(without=without), blocks)
        runs += [graph.cluster(resolution, one) for one in seeds]
    return Ensemble(tuple(runs), _agreed(whole, runs, agreement))


def _agreed(whole: Pairs, runs: Sequence[Partition], power: float) -> Pairs:
    agreed: Pairs = {}
    for (one, other), weight in whole.items():
        together = sum(run[one] == run[other] for run in runs)
        if together:
            agreed[one, other] = weight * (together / len(runs)) ** power
    return agreed


@dataclass(frozen=True, slots=True)
class Blocked:
    """A graph in which positions that must stay together are one node."""

    graph: Graph
    nodes: list[int]

    @classmethod
    def of(cls, ties: Pairs, blocks: Sequence[int]) -> Blocked:
        """``blocks`` has a number per position; equal numbers stay together."""
        nodes, count = renumber(blocks)
        graph = Graph.of(ties, len(blocks))
        return cls(graph if count == len(blocks) else graph.aggregate(nodes, count), nodes)

    def cluster(self, resolution: float, seed: int) -> Partition:
        """The group of each position."""
        groups = leiden(self.graph, resolution, seed)
        return tuple(groups[node] for node in self.nodes)
