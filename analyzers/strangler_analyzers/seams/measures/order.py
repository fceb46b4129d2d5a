"""In which order seams come out: always the one that is best to take next, given what is out already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# A border with a service that is out is a contract already: the second side of it costs about half.
_SECOND_SIDE = 0.5


def order(scores: Sequence[float], inside: Sequence[int], between: Mapping[tuple[int, int], int]) -> list[int]:
    """Positions of seams, the first to take out first.

    Args:
        scores: what speaks for each seam apart from its border, 0 … 1.
        inside: effort points of the ties inside each seam.
        between: effort points by which the second seam (-1: what is left of the monolith) holds back the first.
    """
    border = [0.0] * len(scores)
    held: list[dict[int, int]] = [{} for _ in scores]
    for (seam, far), cost in sorted(between.items()):
        border[seam] += cost
        if far >= 0:
            held[far][seam] = held[far].get(seam, 0) + cost
    left, taken = list(range(len(scores))), []
    while left:
        best = max(left, key=lambda seam: (round(scores[seam] * independence(inside[seam], border[seam]), 9), -seam))
        taken.append(best)
        left.remove(best)
        for other, cost in held[best].items():
            border[other] -= _SECOND_SIDE * cost
    return taken


def independence(inside: float, border: float) -> float:
    """The share of a seam's ties, in effort points, that stay inside it; 0 … 1."""
    return inside / (inside + border) if inside + border else 0.0
