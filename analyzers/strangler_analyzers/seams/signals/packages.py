"""Packages that live by themselves already: where a repository holds several programs, they are its boundaries."""

from __future__ import annotations

from collections import Counter

from strangler_analyzers.seams.signals.landscape import Landscape, Pairs

# Of its direct ties a package that lives by itself has at most this share with other packages.
_ABROAD = 0.1
# A package with a larger share of all modules is not one program among several: it is the monolith.
_MONOLITH = 0.5
_SMALLEST = 2


def separate_packages(land: Landscape, direct: Pairs) -> list[tuple[int, ...]]:
    """The positions of each top-level package that is one program among several and hardly tied to the others."""
    home = [name.partition(".")[0] for name in land.names]
    total, abroad = Counter[str](), Counter[str]()
    for (one, other), weight in direct.items():
        for end in (one, other):
            total[home[end]] += weight  # type: ignore[assignment]
            abroad[home[end]] += weight if home[one] != home[other] else 0  # type: ignore[assignment]
    places: dict[str, list[int]] = {}
    for place, package in enumerate(home):
        places.setdefault(package, []).append(place)
    return [
        tuple(inside)
        for package, inside in places.items()
        if _SMALLEST <= len(inside) <= _MONOLITH * len(land) and abroad[package] <= _ABROAD * total[package]
    ]
