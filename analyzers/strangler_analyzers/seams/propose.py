"""From an analysis to proposed seams."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from strangler.analysis import Analysis, CutEdge, Edge, Seam, replaced
from strangler_analyzers.seams.clusters.cuts import Cut, cuts, wanted_resolution
from strangler_analyzers.seams.clusters.names import name_groups
from strangler_analyzers.seams.constraints import Placement, free_groups, kept_whole, placed
from strangler_analyzers.seams.measures.costs import REMEDIES
from strangler_analyzers.seams.measures.cycles import Cycle, cycles
from strangler_analyzers.seams.measures.demand import with_demand
from strangler_analyzers.seams.measures.figures import Figures, Surveyor
from strangler_analyzers.seams.measures.libraries import KernelModule, Libraries
from strangler_analyzers.seams.measures.order import independence, order
from strangler_analyzers.seams.measures.places import places
from strangler_analyzers.seams.measures.rationale import rationale
from strangler_analyzers.seams.options import SeamOptions
from strangler_analyzers.seams.signals.directories import folder_layers
from strangler_analyzers.seams.signals.families import plugin_families
from strangler_analyzers.seams.signals.landscape import Landscape, landscape
from strangler_analyzers.seams.signals.packages import separate_packages
from strangler_analyzers.seams.signals.ties import DIRECT, gather
from strangler_analyzers.seams.signals.topics import topics
from strangler_analyzers.seams.signals.vocabulary import vocabulary
from strangler_analyzers.seams.tangles import tangles

_PLACES = 5


def propose(analysis: Analysis, options: SeamOptions | None = None) -> Analysis:
    """The analysis with seams in the order they should come out, and the shared kernel.

    Raises:
        StranglerError: a constraint names what is not there, or contradicts another.
    """
    options = options or SeamOptions()
    land = landscape(analysis)
    placement = placed(options.constraints, analysis, land.index)
    words = vocabulary(analysis, land) if options.names else None
    ties = gather(analysis, land, options, words)
    if words and options.wanted is None and options.size is None:
        families = plugin_families(analysis, land, folder_layers(land, words))
        placement = kept_whole(placement, free_groups(placement, families))
        separate = free_groups(placement, separate_packages(land, ties.signals[DIRECT]))
        placement, ties = kept_whole(placement, separate), ties.apart(separate)
    fine = wanted_resolution(ties, placement, options)
    coarse_share = options.weights.coarse / options.weights.resolution
    folders = [name.rpartition(".")[0] for name in land.names] if options.names else None
    default, coarse = cuts(ties, placement, options, (fine, fine * coarse_share), folders)
    libraries = Libraries(analysis)
    core = _kernel(libraries, land, default, placement, names=options.names)
    shared = frozenset(one.module for one in core)
    kept = [
        (tuple(place for place in group if land.names[place] not in shared), stability)
        for group, stability in zip(default.groups, default.stability, strict=True)
    ]
    kept = [(group, stability) for group, stability in kept if group]
    names = name_groups(
        [group for group, _ in kept],
        land.names,
        topics(analysis, land, options.weights),
        placement.names,
        folders=options.names,
    )
    surveyor = Surveyor(analysis, options.surroundings, libraries, shared)
    figures = with_demand(
        [
            surveyor.survey(tuple(land.names[place] for place in group), stability, len(land))
            for group, stability in kept
        ]
    )
    seams = _seams(analysis, names, figures)
    rings = cycles(analysis)
    return replaced(
        analysis,
        modules=_with_seams(analysis, seams),
        seams=seams,
        shared=tuple(sorted(shared)),
        findings=tuple(tangles(analysis, seams, shared, rings)),
        stats={**analysis.stats, **_stats(land, default, coarse, core, rings)},
    )


def _kernel(
    libraries: Libraries, land: Landscape, default: Cut, placement: Placement, *, names: bool
) -> list[KernelModule]:
    """The kernel without what the user pinned, or what lies in a folder that one seam fills."""
    group_of = {land.names[place]: number for number, group in enumerate(default.groups) for place in group}
    pinned = {land.names[place] for place in placement.names}
    found = libraries.kernel(group_of, len(default.groups))
    filled = _filled_folders(group_of) if names else frozenset()
    return [one for one in found if one.module not in pinned and one.module.rpartition(".")[0] not in filled]


def _filled_folders(group_of: Mapping[str, int]) -> frozenset[str]:
    """Folders below the top most of whose modules are in one group: what lies there is that group's own."""
    inside: dict[str, Counter[int]] = {}
    for module, group in group_of.items():
        folder = module.rpartition(".")[0]
        if "." in folder:
            inside.setdefault(folder, Counter())[group] += 1
    return frozenset(folder for folder, groups in inside.items() if 2 * max(groups.values()) > groups.total())


def _seams(analysis: Analysis, names: Sequence[str], figures: Sequence[Figures]) -> tuple[Seam, ...]:
    between = _between(figures)
    inside = [int(one.metrics["inside_points"]) for one in figures]
    ranked = order([one.worth for one in figures], inside, between)
    crossing = _cut_edges(analysis, figures)
    return tuple(
        _seam(names[position], figures[position], crossing[position], number, len(analysis.tables))
        for number, position in enumerate(ranked, 1)
    )


def _between(figures: Sequence[Figures]) -> dict[tuple[int, int], int]:
    """Effort points that hold back the first of two seams because of the second (-1: what is left)."""
    owner = {module: number for number, one in enumerate(figures) for module in one.modules}
    between: dict[tuple[int, int], int] = {}
    for number, one in enumerate(figures):
        for entries, times in ((one.border.inward, 1), (one.border.outward, 2)):
            for entry in entries:
                far = owner.get(entry.source if times == 1 else entry.target, -1)
                between[number, far] = between.get((number, far), 0) + times * entry.cost
    return between


def _seam(name: str, figures: Figures, crossing: tuple[CutEdge, ...], position: int, tables: int) -> Seam:
    score = figures.worth * independence(figures.metrics["inside_points"], _weighed_border(figures))
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
        rationale=rationale(figures.metrics, figures.tables, position, tables),
        details=figures.details,
    )


def _weighed_border(figures: Figures) -> float:
    """What a seam needs of others holds it back twice as much as what others need of it."""
    return figures.metrics["effort"] + figures.metrics["effort_out"]


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


def _stats(
    land: Landscape, default: Cut, coarse: Cut, core: Sequence[KernelModule], rings: Sequence[Cycle]
) -> Mapping[str, Any]:
    return {
        "kernel": [{"module": one.module, "users": one.users, "seams": one.groups} for one in core],
        "coarse": [[land.names[place] for place in group] for group in coarse.groups],
        "cycles": [
            {"modules": list(ring.modules), "breakers": [_breaker(edge) for edge in ring.breakers]} for ring in rings
        ],
        "resolution": round(default.resolution, 4),
    }


def _breaker(edge: Edge) -> dict[str, Any]:
    return {"source": edge.source, "target": edge.target, "kind": edge.kind, "evidence": places(edge.evidence)}
