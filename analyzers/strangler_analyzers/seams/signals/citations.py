"""Modules that are used by the same modules serve the same purpose."""

from __future__ import annotations

from strangler_analyzers.seams.signals.direct import Arcs
from strangler_analyzers.seams.signals.landscape import Pairs
from strangler_analyzers.seams.signals.similarity import neighbours, weigh


def citation_ties(found: Arcs, size: int, count: int) -> Pairs:
    """Similarity by the modules one is used by."""
    users: list[dict[str, float]] = [{} for _ in range(size)]
    for source, target in sorted(found):
        users[target][str(source)] = 1.0
    return neighbours(weigh(users), count)
