"""The seams and what lies between them, for a Mermaid block in a README or a pull request."""

from __future__ import annotations

from strangler.analysis import Analysis
from strangler_analyzers.report.between import between_seams


def render_mermaid(analysis: Analysis) -> str:
    """A flowchart: a box per seam, an arrow per pair with the number of dependencies."""
    number = {seam.id: f"s{place}" for place, seam in enumerate(analysis.seams)}
    lines = ["flowchart LR"]
    lines.extend(
        f'    {number[seam.id]}["{seam.order}. {seam.id}<br/>{len(seam.modules)} modules"]' for seam in analysis.seams
    )
    for (source, target), count in between_seams(analysis).items():
        lines.append(f"    {number[source]} -->|{count}| {number[target]}")
    return "\n".join(lines) + "\n"
