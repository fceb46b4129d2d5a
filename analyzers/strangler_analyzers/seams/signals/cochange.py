"""Modules that change in the same commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from strangler.analysis import Analysis
from strangler_analyzers.seams.signals.landscape import Landscape, Pairs
from strangler_analyzers.seams.surroundings import Commit

# The limits of Code Maat: what changes rarely or together with everything says nothing.
_LARGEST_COMMIT = 30
_FEWEST_SHARED = 5
_LOWEST_DEGREE = 0.3


def cochange_ties(analysis: Analysis, land: Landscape, commits: Iterable[Commit]) -> Pairs:
    """The share of their commits that two modules have in common."""
    paths = {module.path: land.index[module.name] for module in analysis.modules if module.name in land.index}
    revisions: Counter[int] = Counter()
    shared: Counter[tuple[int, int]] = Counter()
    for touched in _touched(commits, paths):
        revisions.update(touched)
        shared.update(combinations(touched, 2))
    ties: Pairs = {}
    for (one, other), count in sorted(shared.items()):
        degree = 2 * count / (revisions[one] + revisions[other])
        if count >= _FEWEST_SHARED and degree >= _LOWEST_DEGREE:
            ties[one, other] = degree
    return ties


def _touched(commits: Iterable[Commit], paths: dict[str, int]) -> Iterator[Sequence[int]]:
    for commit in commits:
        if len(commit.paths) <= _LARGEST_COMMIT:
            yield sorted({paths[path] for path in commit.paths if path in paths})
