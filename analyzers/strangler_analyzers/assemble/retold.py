"""A document after a test changed: of tests it is known what they import, name and patch, and nothing is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from strangler.analysis import Analysis, Edge, Evidence, Patch, edited, records_of, replaced, with_records
from strangler_analyzers.assemble.edges import Ties, imports
from strangler_analyzers.assemble.effects import patched
from strangler_analyzers.detectors.world import Names
from strangler_analyzers.facts import Facts
from strangler_analyzers.gather import Gathered
from strangler_analyzers.resolve.imports import ModuleTable
from strangler_analyzers.resolve.values import Module


def retold(analysis: Analysis, now: Gathered, name: str, old: Facts, names: Names) -> Analysis:
    """What a run from nothing gives when the test called ``name``, which was ``old``, is as it is ``now``.

    ``names`` are those of the whole program; the test itself has none that anybody asked for.
    """
    module = Module(name, now.source.path, now.facts, is_package=now.source.is_package)
    others = [Module(each, "", now.facts, is_package=False) for each in names if each != name]
    ties = Ties()
    imports(module, ModuleTable([*others, module]), names, ties)
    before = records_of(analysis, "edges", "source", name)
    edges = _edges(before, ties.edges(analysis.options["max_evidence"]))
    loc = analysis.stats["loc"] - old.loc + now.facts.loc
    stats = {**analysis.stats, "loc": loc, "edges": _counted(analysis.stats["edges"], before, edges)}
    analysis = with_records(analysis, "edges", "source", name, edges)
    analysis = edited(analysis, module.path, lambda record: _describe(record, now))
    return replaced(analysis, stats=stats, **_patches(analysis, module, names))


def _edges(before: tuple[Edge, ...], now: Iterator[Edge]) -> list[Edge]:
    kept = [edge for edge in before if edge.kind != "import"]
    return sorted([*kept, *now], key=lambda edge: (edge.source, edge.target, edge.kind))


def _counted(kinds: Mapping[str, int], before: tuple[Edge, ...], now: list[Edge]) -> dict[str, int]:
    found = Counter(kinds)
    found.subtract(edge.kind for edge in before)
    found.update(edge.kind for edge in now)
    return {kind: found[kind] for kind in sorted(found) if found[kind]}


def _describe(record: dict[str, Any], now: Gathered) -> None:
    """Make the record of a file what is known of it now."""
    if record.get("path") == now.source.path and "sha256" in record:
        record.update(sha256=now.sha256, loc=now.facts.loc)


def _patches(analysis: Analysis, module: Module, names: Names) -> dict[str, tuple[Patch, ...]]:
    if analysis.options["level"] != "function":
        return {}
    others = [patch for patch in analysis.patches if patch.module != module.name]
    own = sorted([*others, *_own(module, names)], key=lambda patch: (patch.target, patch.module))
    return {"patches": tuple(own)}


def _own(module: Module, names: Names) -> Iterator[Patch]:
    found: dict[str, set[Evidence]] = {}
    for target, place in patched(names, module):
        found.setdefault(target, set()).add(place)
    for target, places in found.items():
        yield Patch(target, module.name, tuple(sorted(places, key=lambda one: (one.path, one.line))))
