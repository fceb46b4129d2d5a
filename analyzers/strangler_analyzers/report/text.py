"""The summary for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from strangler.analysis import Analysis, Seam
from strangler.model import Finding
from strangler_analyzers.report.title import title

_COLUMNS = ("order", "seam", "score", "modules", "tables", "shared", "routes", "effort", "stability", "risk")
_EXPLAINED = 5
_FEW_MODULES = 20


def render_text(analysis: Analysis) -> str:
    """Counts, the seams in the order of extraction, the first few explained, the kernel, what was not seen."""
    seams = sorted(analysis.seams, key=lambda seam: seam.order)
    blocks = [
        "\n".join(_counts(analysis)),
        "\n".join(_table(_COLUMNS, [_row(seam) for seam in seams]) if seams else _without_seams(analysis)),
        *("\n".join(_explained(seam)) for seam in seams[:_EXPLAINED]),
        "\n".join(_kernel(analysis)),
        "\n".join(_knots(analysis)),
        "\n".join(_blind_spots(analysis)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _counts(analysis: Analysis) -> Iterator[str]:
    kept = [module for module in analysis.modules if module.is_product]
    lines, others = sum(module.loc for module in kept), len(analysis.modules) - len(kept)
    beside = f" (and {others} of tests and migrations)" if others else ""
    frameworks = ", ".join(framework.name for framework in analysis.frameworks) or "no web framework"
    yield f"{title(analysis)}: {len(kept)} modules{beside}, {lines} lines, {frameworks}"
    yield (
        f"{len(analysis.edges)} dependencies, {len(analysis.tables)} tables, {len(analysis.routes)} routes, "
        f"{len(analysis.tasks)} tasks, {len(analysis.seams)} seams"
    )


def _without_seams(analysis: Analysis) -> Iterator[str]:
    """Why there are none, as far as can be told, and what to try next."""
    product = sum(module.is_product for module in analysis.modules)
    yield "No seams were proposed: no group of modules is held together by more than what ties it to the rest."
    if product < _FEW_MODULES:
        yield f"   {product} modules are little to divide: a border inside the program costs less than a service"
    yield "   another grain may show some: strangler analyze PATH --size 5"
    yield "   a group that you have in mind: strangler analyze PATH --pin 'package.part.*=NAME'"


def _row(seam: Seam) -> list[str]:
    metrics = seam.metrics
    return [
        str(seam.order),
        seam.id,
        f"{seam.score:.3f}",
        str(len(seam.modules)),
        str(len(seam.tables)),
        f"{metrics.get('shared_tables', 0):.0f}",
        str(len(seam.routes)),
        f"{metrics.get('effort', 0):.0f}",
        f"{metrics.get('stability', 0):.2f}",
        f"{metrics.get('risk', 0):.2f}",
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [
            cell.ljust(width) if place == 1 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _explained(seam: Seam) -> Iterator[str]:
    yield f"{seam.order}. {seam.id}: {seam.rationale}"
    if seam.tables:
        yield f"   tables: {_some(seam.tables)}"
    if seam.routes:
        yield f"   routes: {_some(seam.routes)}"
    yield f"   accept it with: strangler plan accept {seam.id}"


def _some(values: Sequence[str], most: int = 6) -> str:
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return ", ".join(values[:most]) + more


def _kernel(analysis: Analysis) -> Iterator[str]:
    kernel: Iterable[dict[str, object]] = analysis.stats.get("kernel", ())
    named = [f"{one['module']} (used by {one['users']})" for one in kernel]
    if named:
        yield f"Shared kernel, candidates for a library: {_some(named)}"


def _knots(analysis: Analysis) -> Iterator[str]:
    rules: dict[str, list[Finding]] = {}
    for finding in analysis.findings:
        rules.setdefault(finding.rule, []).append(finding)
    if rules:
        yield f"{len(analysis.findings)} places where seams are knotted together (all of them in html and json):"
    for rule, found in sorted(rules.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"   {len(found):5}  {rule:16} {found[0].location}  {found[0].message}"


def _blind_spots(analysis: Analysis) -> Iterator[str]:
    if analysis.diagnostics:
        yield f"{len(analysis.diagnostics)} places the analysis could not see through:"
        for diagnostic in analysis.diagnostics[:5]:
            yield f"   {diagnostic.path}:{diagnostic.line}  {diagnostic.code}  {diagnostic.message}"
