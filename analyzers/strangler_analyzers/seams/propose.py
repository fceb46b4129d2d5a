"""From an analysis to proposed seams."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from strangler.analysis import Analysis, CutEdge, Edge, Seam
from strangler_analyzers.seams.clusters.cuts import Cut, cut, wanted_resolution
from strangler_analyzers.seams.clusters.kernel import KernelModule, kernel
from strangler_analyzers.seams.clusters.names import name_groups
from strangler_analyzers.seams.constraints import placed
from strangler_analyzers.seams.measures.costs import REMEDIES
from strangler_analyzers.seams.measures.figures import Figures, Surveyor
from strangler_analyzers.seams.measures.order import independence, order
from strangler_analyzers.seams.measures.rationale import rationale
from strangler_analyzers.seams.options import SeamOptions
from strangler_analyzers.seams.signals.direct import arcs
from strangler_analyzers.seams.signals.landscape import Landscape, landscape
from strangler_analyzers.seams.signals.ties import gather
from strangler_analyzers.seams.signals.topics import topics

_PLACES = 5


def propose(analysis: Analysis, options: SeamOptions | None = None) -> Analysis:
    """The analysis with seams in the order they should come out, and the shared kernel.

    Raises:
        StranglerError: a constraint names what is not there, or contradicts another.
    """
    options = options or SeamOptions()
    land = landscape(analysis)
    placement = placed(options.constraints, analysis, land.index)
    ties = gather(analysis, land, options)
    default = cut(ties, placement, options, wanted_resolution(ties, placement, options))
    coarse = cut(ties, placement, options, default.resolution * options.weights.coarse / options.weights.resolution)
    core = _kernel(analysis, land, default)
    names = name_groups(
        default.groups, land.names, topics(analysis, land, options.weights), placement.names, folders=options.names
    )
    shared = frozenset(land.names[module.place] for module in core)
    surveyor = Surveyor(analysis, options.surroundings, shared)
    figures = [
        surveyor.survey(tuple(land.names[place] for place in group), stability, len(land))
        for group, stability in zip(default.groups, default.stability, strict=True)
    ]
    seams = _seams(analysis, names, figures)
    return dataclasses.replace(
        analysis,
        modules=_with_seams(analysis, seams),
        seams=seams,
        stats={**analysis.stats, **_stats(land, default, coarse, core)},
    )


def _kernel(analysis: Analysis, land: Landscape, default: Cut) -> list[KernelModule]:
    group_of: list[int | None] = [None] * len(land)
    for number, group in enumerate(default.groups):
        for place in group:
            group_of[place] = number
    users: dict[int, list[int]] = {}
    for source, target in sorted(arcs(analysis, land)):
        users.setdefault(target, []).append(source)
    return kernel(users, group_of, len(default.groups))


def _seams(analysis: Analysis, names: Sequence[str], figures: Sequence[Figures]) -> tuple[Seam, ...]:
    between = _between(figures)
    inside = [int(one.metrics["inside_points"]) for one in figures]
    ranked = order([one.worth for one in figures], inside, between)
    crossing = _cut_edges(analysis, figures)
    return tuple(
        _seam(names[position], figures[position], crossing[position], number)
        for number, position in enumerate(ranked, 1)
    )


def _between(figures: Sequence[Figures]) -> dict[tuple[int, int], int]:
    owner = {module: number for number, one in enumerate(figures) for module in one.modules}
    between: dict[tuple[int, int], int] = {}
    for number, one in enumerate(figures):
        for entry in one.border.crossing:
            other = entry.target if owner.get(entry.source) == number else entry.source
            far = owner.get(other, -1)
            if far < number:  # a tie between two seams stands at both borders; it is counted at one
                key = (far, number)
                between[key] = between.get(key, 0) + entry.cost
    return between


def _seam(name: str, figures: Figures, crossing: tuple[CutEdge, ...], position: int) -> Seam:
    score = figures.worth * independence(figures.metrics["inside_points"], figures.metrics["effort"])
    return Seam(
        id=name,
        name=name,
        modules=figures.modules,
        score=round(score, 4),
        order=position,
        routes=figures.routes,
        tasks=figures.tasks,
        tables=figures.tables,
        metrics=figures.metrics,
        cut=crossing,
        rationale=rationale(figures.metrics, figures.tables, position),
        details=figures.details,
    )


def _cut_edges(analysis: Analysis, figures: Sequence[Figures]) -> list[tuple[CutEdge, ...]]:
    """Exactly the edges that cross each border."""
    owner = {module: number for number, one in enumerate(figures) for module in one.modules}
    found: list[list[CutEdge]] = [[] for _ in figures]
    for edge in analysis.edges:
        ends = {owner.get(edge.source), owner.get(edge.target)}
        if len(ends) == 2:
            crossing = CutEdge(edge.source, edge.target, edge.kind, edge.weight, _remedy(edge), edge.evidence[:_PLACES])
            for end in ends - {None}:
                found[end or 0].append(crossing)
    return [tuple(edges) for edges in found]


def _remedy(edge: Edge) -> str:
    if edge.kind == "data":
        return REMEDIES["read"]
    return REMEDIES["type-checking" if edge.scope == ("type_checking",) else edge.kind]


def _with_seams(analysis: Analysis, seams: Sequence[Seam]) -> tuple[Any, ...]:
    of = {module: seam.id for seam in seams for module in seam.modules}
    return tuple(dataclasses.replace(module, seam=of.get(module.name)) for module in analysis.modules)


def _stats(land: Landscape, default: Cut, coarse: Cut, core: Sequence[KernelModule]) -> Mapping[str, Any]:
    return {
        "kernel": [{"module": land.names[one.place], "users": one.users, "seams": one.groups} for one in core],
        "coarse": [[land.names[place] for place in group] for group in coarse.groups],
        "resolution": round(default.resolution, 4),
    }
