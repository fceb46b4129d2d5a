"""How surely a group of modules comes out again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from strangler_analyzers.seams.clusters.leiden import Partition


def stability(members: Sequence[int], runs: Sequence[Partition]) -> float:
    """The mean over ``runs`` of the best overlap (shared / either) that a group has with ``members``; 0 … 1."""
    if not runs:
        return 1.0
    return sum(_best_overlap(members, run, sizes) for run, sizes in zip(runs, _sizes(runs), strict=True)) / len(runs)


def stabilities(groups: Sequence[Sequence[int]], runs: Sequence[Partition]) -> list[float]:
    """:func:`stability` of each of ``groups``."""
    sizes = _sizes(runs)
    return [
        sum(_best_overlap(members, run, size) for run, size in zip(runs, sizes, strict=True)) / max(1, len(runs))
        for members in groups
    ]


def _sizes(runs: Sequence[Partition]) -> list[Counter[int]]:
    return [Counter(run) for run in runs]


def _best_overlap(members: Sequence[int], run: Partition, sizes: Counter[int]) -> float:
    inside = Counter(run[member] for member in members)
    return max(count / (len(members) + sizes[group] - count) for group, count in inside.items())
