"""Nearest neighbours of modules by what they have in common."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from strangler_analyzers.seams.signals.landscape import Pairs, pair

Vector = Mapping[str, float]

_FAINT = 0.05
# A module is known by its strongest features; the long tail costs time and says nothing.
_MOST_FEATURES = 16


def weigh(bags: Sequence[Vector]) -> list[dict[str, float]]:
    """Give features that few modules have more weight; a feature of one module alone says nothing and goes."""
    spread = Counter(feature for bag in bags for feature in bag)
    rarity = {feature: math.log(1 + len(bags) / count) for feature, count in spread.items() if count > 1}
    return [{feature: value * rarity[feature] for feature, value in bag.items() if feature in rarity} for bag in bags]


def neighbours(vectors: Sequence[Vector], count: int) -> Pairs:
    """The cosine of each vector with its ``count`` nearest, ties broken by position."""
    unit = [_unit(vector) for vector in vectors]
    holders: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, vector in enumerate(unit):
        for feature, value in vector.items():
            holders[feature].append((place, value))
    near: Pairs = {}
    for place, vector in enumerate(unit):
        for other, cosine in _nearest(place, vector, holders, count):
            near[pair(place, other)] = cosine
    return near


def _nearest(
    place: int, vector: Vector, holders: Mapping[str, Sequence[tuple[int, float]]], count: int
) -> list[tuple[int, float]]:
    cosines: dict[int, float] = {}
    for feature, value in vector.items():
        for other, shared in holders[feature]:
            cosines[other] = cosines.get(other, 0.0) + value * shared
    cosines.pop(place, None)
    # Rounded so that the order in which products were summed up cannot decide between two neighbours.
    ranked = sorted((-round(cosine, 9), other) for other, cosine in cosines.items() if cosine >= _FAINT)
    return [(other, -negative) for negative, other in ranked[:count]]


def _unit(vector: Vector) -> dict[str, float]:
    strongest = sorted(vector.items(), key=lambda item: (-item[1], item[0]))[:_MOST_FEATURES]
    length = math.sqrt(sum(value * value for _, value in strongest))
    return {feature: value / length for feature, value in strongest} if length else {}
