"""How much lies between two seams, for pictures."""

from __future__ import annotations

from collections import Counter

from strangler.analysis import Analysis


def between_seams(analysis: Analysis) -> dict[tuple[str, str], int]:
    """Edges from one seam to another, in the order of their names."""
    seam_of = {module: seam.id for seam in analysis.seams for module in seam.modules}
    counts: Counter[tuple[str, str]] = Counter()
    for edge in analysis.edges:
        source, target = seam_of.get(edge.source), seam_of.get(edge.target)
        if source and target and source != target:
            counts[source, target] += 1
    return dict(sorted(counts.items()))
