"""What the analysed program is called at the head of a report."""

from __future__ import annotations

from strangler.analysis import Analysis

_MOST = 3


def title(analysis: Analysis) -> str:
    """Its largest top-level packages; those that hold nothing but tests are left out."""
    sizes: dict[str, int] = {}
    for module in analysis.modules:
        if module.is_product:
            top = module.name.partition(".")[0]
            sizes[top] = sizes.get(top, 0) + 1
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
    more = f" and {len(ranked) - _MOST} more" if len(ranked) > _MOST else ""
    return (", ".join(ranked[:_MOST]) or "monolith") + more
