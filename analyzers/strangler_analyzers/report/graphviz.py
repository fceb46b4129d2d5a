"""The seams and what lies between them, for Graphviz."""

from __future__ import annotations

import json
import math

from strangler.analysis import Analysis
from strangler_analyzers.report.between import between_seams


def render_dot(analysis: Analysis) -> str:
    """A digraph: a node per seam, sized by its modules, an edge per pair, as thick as it is strong."""
    lines = ["digraph seams {", "    rankdir=LR;", "    node [shape=box, style=rounded];"]
    for seam in analysis.seams:
        label = json.dumps(f"{seam.order}. {seam.id}\n{len(seam.modules)} modules", ensure_ascii=False)
        lines.append(f"    {json.dumps(seam.id)} [label={label}];")
    for (source, target), count in between_seams(analysis).items():
        width = round(1 + math.log2(count) / 2, 2)
        lines.append(f'    {json.dumps(source)} -> {json.dumps(target)} [label="{count}", penwidth={width}];')
    return "\n".join([*lines, "}"]) + "\n"
