"""What the HTML page knows: the analysis, with names replaced by positions so that it stays small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strangler.analysis import Analysis, Edge, Evidence, Seam

_SITES = 3


def payload(analysis: Analysis) -> dict[str, Any]:
    """Plain values; ``edges`` are ``[source, target, kind, weight, lines]`` with positions and 1-based lines."""
    kept = [module for module in analysis.modules if module.is_product]
    index = {module.name: place for place, module in enumerate(kept)}
    paths = [module.path for module in kept]
    seams = sorted(analysis.seams, key=lambda seam: seam.order)
    kinds = sorted({edge.kind for edge in analysis.edges})
    seam_of = {name: place for place, seam in enumerate(seams) for name in seam.modules}
    return {
        "version": analysis.version,
        "packages": list(analysis.packages),
        "frameworks": [framework.name for framework in analysis.frameworks],
        "kinds": kinds,
        "modules": [[module.name, module.path, seam_of.get(module.name, -1), module.loc] for module in kept],
        "edges": [
            _edge(edge, index, kinds, paths) for edge in analysis.edges if edge.source in index and edge.target in index
        ],
        "seams": [_seam(seam, index) for seam in seams],
        "tables": [
            [
                table.name,
                table.model,
                index.get(table.owner, -1),
                [_use(use.module, use.evidence, index) for use in table.readers if use.module in index],
                [_use(use.module, use.evidence, index) for use in table.writers if use.module in index],
            ]
            for table in analysis.tables
        ],
        "kernel": analysis.stats.get("kernel", []),
        "cycles": analysis.stats.get("cycles", []),
        "coarse": analysis.stats.get("coarse", []),
        "hints": {item.rule: item.hint for item in analysis.findings},
        "findings": [
            [item.rule, item.message, item.location.path, item.location.line]
            for item in analysis.findings
            if item.location
        ],
        "diagnostics": [
            [item.code, item.severity, item.message, item.path, item.line] for item in analysis.diagnostics
        ],
    }


def _edge(edge: Edge, index: Mapping[str, int], kinds: list[str], paths: list[str]) -> list[Any]:
    """Lines stand alone when they are in the source module's own file, which they nearly always are."""
    source = index[edge.source]
    record: list[Any] = [source, index[edge.target], kinds.index(edge.kind), edge.weight]
    record.append([_line(site, paths[source]) for site in edge.evidence[:_SITES]])
    if edge.via:
        record.append(edge.via)
    return record


def _line(site: Evidence, own: str) -> int | str:
    return site.line if site.path == own else f"{site.path}:{site.line}"


def _use(module: str, evidence: tuple[Evidence, ...], index: Mapping[str, int]) -> list[Any]:
    return [index[module], [site.line for site in evidence[:_SITES]]]


def _seam(seam: Seam, index: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": seam.id,
        "order": seam.order,
        "score": seam.score,
        "modules": [index[name] for name in seam.modules if name in index],
        "routes": list(seam.routes),
        "tasks": list(seam.tasks),
        "tables": list(seam.tables),
        "metrics": dict(seam.metrics),
        "rationale": seam.rationale,
        "details": dict(seam.details),
    }
