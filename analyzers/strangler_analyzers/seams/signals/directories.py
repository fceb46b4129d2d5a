"""Modules that their authors put into the same folder; the one signal that looks at where a file lies."""

from __future__ import annotations

from strangler_analyzers.seams.signals.landscape import Landscape, Pairs
from strangler_analyzers.seams.signals.similarity import neighbours, weigh


def directory_ties(land: Landscape, count: int) -> Pairs:
    """Similarity by the parts of dotted names: rare parts (``checkout``) tie, common ones (``models``) hardly."""
    bags: list[dict[str, float]] = []
    for name in land.names:
        parts = name.split(".")
        bag = {f"={part}": 1.0 for part in parts}
        bag.update({".".join(parts[:depth]): 1.0 for depth in range(2, len(parts))})
        bags.append(bag)
    return neighbours(weigh(bags), count)
