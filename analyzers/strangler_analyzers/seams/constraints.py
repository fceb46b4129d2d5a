"""What the user knows better than any signal."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from strangler.analysis import Analysis
from strangler.errors import StranglerError

MONOLITH = "monolith"


@dataclass(frozen=True, slots=True)
class Constraints:
    """Modules (or everything below one: ``shop.billing.*``) that belong together, apart, or to a named seam.

    ``together`` and ``apart`` are pairs, ``pinned`` names a seam per module, ``tables`` a seam per table (its owning
    module is pinned, unless it is already). A module pinned to ``monolith`` takes no part in any seam.
    """

    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    pinned: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.together or self.apart or self.pinned or self.tables)


@dataclass(frozen=True, slots=True)
class Placement:
    """Constraints by position: blocks that stay whole, pairs that are kept apart, a name per pinned position."""

    blocks: tuple[int, ...]
    apart: tuple[tuple[int, int], ...]
    names: Mapping[int, str]


def placed(constraints: Constraints, analysis: Analysis, index: Mapping[str, int]) -> Placement:
    """The constraints on the modules of ``index``.

    Raises:
        StranglerError: a constraint names a module or table that is not there, or two contradict each other.
    """
    names = _pins(constraints, analysis, index)
    parents = list(range(len(index)))
    for one, other in constraints.together:
        _join(parents, [*matching(one, index), *matching(other, index)])
    for seam in sorted(set(names.values()) - {MONOLITH}):
        _join(parents, sorted(place for place, name in names.items() if name == seam))
    blocks = tuple(_root(parents, place) for place in range(len(index)))
    apart = [(a, b) for one, other in constraints.apart for a in matching(one, index) for b in matching(other, index)]
    apart += _different_names(names)
    _contradictions(blocks, apart, sorted(index, key=index.__getitem__))
    return Placement(blocks, tuple(apart), names)


def free_groups(placement: Placement, groups: Iterable[Sequence[int]]) -> list[Sequence[int]]:
    """Those of ``groups`` of which no constraint says anything."""
    sizes = Counter(placement.blocks)
    told = {place for pair in placement.apart for place in pair} | set(placement.names)
    told |= {place for place, block in enumerate(placement.blocks) if sizes[block] > 1}
    return [group for group in groups if told.isdisjoint(group)]


def kept_whole(placement: Placement, groups: Iterable[Sequence[int]]) -> Placement:
    """With each of ``groups`` as one block."""
    parents = list(placement.blocks)
    for group in groups:
        _join(parents, group)
    return replace(placement, blocks=tuple(_root(parents, place) for place in range(len(parents))))


def _pins(constraints: Constraints, analysis: Analysis, index: Mapping[str, int]) -> dict[int, str]:
    owners = {table.name: table.owner for table in analysis.tables}
    names: dict[int, str] = {}
    for module, seam in sorted(constraints.pinned.items()):
        names.update(dict.fromkeys(matching(module, index), seam))
    for table, seam in sorted(constraints.tables.items()):
        if table not in owners:
            raise StranglerError(f"no table '{table}'", hint=_near(table, owners))
        if owners[table] in index:
            names.setdefault(index[owners[table]], seam)
    return names


def matching(pattern: str, index: Mapping[str, int]) -> list[int]:
    """Where the module of this name stands, or (``a.*``) ``a`` and all below it.

    Raises:
        StranglerError: there is none.
    """
    prefix = pattern.removesuffix(".*")
    below = pattern.endswith(".*")
    found = [place for name, place in index.items() if name == prefix or (below and name.startswith(prefix + "."))]
    if not found:
        raise StranglerError(f"no module '{pattern}'", hint=_near(prefix, index))
    return found


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=3)
    return f"did you mean {' or '.join(near)}?" if near else ""


def _different_names(names: Mapping[int, str]) -> list[tuple[int, int]]:
    """One pair for each two seams that are pinned to: their blocks are whole already."""
    first: dict[str, int] = {}
    for place, name in sorted(names.items()):
        first.setdefault(name, place)
    anchors = sorted(first.values())
    return [(a, b) for position, a in enumerate(anchors) for b in anchors[position + 1 :]]


def _contradictions(blocks: Sequence[int], apart: Sequence[tuple[int, int]], names: Sequence[str]) -> None:
    for one, other in apart:
        if blocks[one] == blocks[other]:
            message = f"{names[one]} and {names[other]} are to be both together and apart"
            raise StranglerError(message, hint="take one of the two constraints back")


def _join(parents: list[int], places: Sequence[int]) -> None:
    for place in places[1:]:
        low, high = sorted((_root(parents, places[0]), _root(parents, place)))
        parents[high] = low


def _root(parents: list[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place
