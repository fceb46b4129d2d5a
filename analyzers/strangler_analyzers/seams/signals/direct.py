"""Direct ties: imports, calls, inheritance, data, tasks and routes, from the module that defines what is used."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from strangler.analysis import Analysis, Edge
from strangler_analyzers.seams.signals.landscape import Landscape, Pairs, pair
from strangler_analyzers.seams.weights import Weights

Arcs = dict[tuple[int, int], dict[str, int]]


def arcs(analysis: Analysis, land: Landscape) -> Arcs:
    """Sites per kind for each (user, used) pair of positions.

    An import of something that a package only re-exports counts for the module that defines it.
    """
    found: Arcs = {}
    for edge in analysis.edges:
        source = land.index.get(edge.source)
        if source is None:
            continue
        for target, kind, sites in _targets(edge, land):
            if target != source:
                kinds = found.setdefault((source, target), {})
                kinds[kind] = kinds.get(kind, 0) + sites
    return found


def _targets(edge: Edge, land: Landscape) -> Iterator[tuple[int, str, int]]:
    if edge.kind != "import" or not edge.evidence:
        if edge.target in land.index:
            yield land.index[edge.target], edge.kind, edge.weight
        return
    kind = "type_checking" if edge.scope == ("type_checking",) else "import"
    for site in edge.evidence:
        definer = (site.symbol or "").partition(":")[0]
        target = land.index.get(definer, land.index.get(edge.target))
        if target is not None:
            yield target, kind, 1


def degrees(found: Arcs, size: int) -> tuple[list[int], list[int]]:
    """How many modules use each one, and how many each one uses."""
    used, uses = [0] * size, [0] * size
    for source, target in found:
        uses[source] += 1
        used[target] += 1
    return used, uses


def direct_ties(found: Arcs, size: int, weights: Weights) -> Pairs:
    """The arcs as undirected ties, those of hubs damped."""
    used, uses = degrees(found, size)
    ties: defaultdict[tuple[int, int], float] = defaultdict(float)
    for (source, target), kinds in found.items():
        raw = sum(_kind_weight(kind, weights) * math.log2(1 + sites) for kind, sites in kinds.items())
        damped = raw / ((1 + used[target]) ** weights.damp_in * (1 + uses[source]) ** weights.damp_out)
        ties[pair(source, target)] += damped
    return dict(ties)


def _kind_weight(kind: str, weights: Weights) -> float:
    if kind == "type_checking":
        return weights.kinds["import"] * weights.type_checking
    return weights.kinds.get(kind, 0.0)
