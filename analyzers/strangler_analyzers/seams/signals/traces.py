"""Calls that were observed while the monolith ran."""

from __future__ import annotations

import math
from collections.abc import Mapping

from strangler_analyzers.seams.signals.landscape import Landscape, Pairs, pair


def trace_ties(land: Landscape, traces: Mapping[tuple[str, str], int]) -> Pairs:
    """The logarithm of the calls between two modules, both ways added up."""
    calls: dict[tuple[int, int], int] = {}
    for (source, target), count in sorted(traces.items()):
        one, other = land.index.get(source), land.index.get(target)
        if one is not None and other is not None and one != other:
            key = pair(one, other)
            calls[key] = calls.get(key, 0) + count
    return {key: math.log2(1 + count) for key, count in calls.items()}
