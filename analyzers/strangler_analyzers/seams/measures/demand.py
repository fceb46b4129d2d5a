"""Who asks for a seam. What nobody asks from outside and many use inside is ground, and might as well be a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from strangler_analyzers.seams.measures.figures import Figures

# How fast the worth of such a seam falls with the share of the other seams that use it.
_GROUND = 3


def with_demand(figures: Sequence[Figures]) -> list[Figures]:
    """The figures with ``users``, the number of other seams that use each, and the worth of ground taken off."""
    home = {module: number for number, one in enumerate(figures) for module in one.modules}
    users = [len({home[entry.source] for entry in one.border.inward if entry.source in home}) for one in figures]
    others = max(1, len(figures) - 1)
    return [_less(one, count, count / others) for one, count in zip(figures, users, strict=True)]


def _less(one: Figures, users: int, share: float) -> Figures:
    is_asked = one.metrics["routes"] or one.metrics["tasks"]
    left = 1.0 if is_asked else (1 - share) ** _GROUND
    return replace(one, metrics={**one.metrics, "users": float(users)}, worth=round(one.worth * left, 6))
