"""The cuts that are offered: groups of modules at several sizes, each with what it is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from strangler_analyzers.seams.clusters.ensemble import Blocked, Ensemble, ensemble
from strangler_analyzers.seams.clusters.leiden import Graph, Partition, renumber
from strangler_analyzers.seams.clusters.refine import dissolve, keep_apart, propagate, pull
from strangler_analyzers.seams.clusters.stability import stabilities
from strangler_analyzers.seams.constraints import MONOLITH, Placement
from strangler_analyzers.seams.options import SeamOptions
from strangler_analyzers.seams.signals.ties import Ties

# A group of fewer modules is no service; its modules stay where they are until they are given to one.
SMALLEST = 2

# A module belongs to a group only if at least this share of its ties leads there.
_HELD = 0.2
# One that lies outside the folder which most of its group is in needs more: infrastructure is drawn to somebody too.
_HELD_OUTSIDE = 0.35

# A group that overlaps with the runs' groups by less than this on average is a whim of one run, and not proposed.
_SURE = 0.35

_FINEST, _COARSEST, _BISECTIONS = 16.0, 0.25, 12


@dataclass(frozen=True, slots=True)
class Cut:
    """Groups of positions, largest first, and the stability of each."""

    groups: tuple[tuple[int, ...], ...]
    stability: tuple[float, ...]
    resolution: float


def cut(ties: Ties, placement: Placement, options: SeamOptions, resolution: float) -> Cut:
    """The groups that the runs around ``resolution`` agree on, refined and held against the constraints."""
    return cuts(ties, placement, options, (resolution,))[0]


def cuts(
    ties: Ties,
    placement: Placement,
    options: SeamOptions,
    resolutions: Sequence[float],
    folders: Sequence[str] | None = None,
) -> list[Cut]:
    """A cut at each of ``resolutions``, all of them of the ties that the runs around the first agree on.

    ``folders`` names the folder of each position, if names may be looked at.
    """
    resolution = resolutions[0]
    runs = ensemble(ties, placement.blocks, resolution, seed=options.seed, agreement=options.weights.agreement)
    agreed, graph = Blocked.of(runs.agreed, placement.blocks), Graph.of(ties.total(), len(placement.blocks))
    return [_refined(graph, agreed.cluster(one, options.seed), placement, runs, one, folders) for one in resolutions]


def _refined(
    graph: Graph,
    partition: Partition,
    placement: Placement,
    runs: Ensemble,
    resolution: float,
    folders: Sequence[str] | None,
) -> Cut:
    fixed = [place in placement.names or count > 1 for place, count in enumerate(_block_sizes(placement.blocks))]
    refined = propagate(graph, partition, fixed)
    refined = dissolve(graph, refined, _unsure(refined, runs), fixed)
    refined = keep_apart(graph, refined, placement.apart, placement.blocks)
    loose = [not held and not kept for held, kept in zip(_held(graph, refined, folders), fixed, strict=True)]
    return _collected(refined, loose, placement, runs, resolution)


def _unsure(groups: Sequence[int], runs: Ensemble) -> frozenset[int]:
    """The groups that the runs hardly know; never all of them."""
    numbers = sorted(set(groups))
    members = [[node for node, group in enumerate(groups) if group == number] for number in numbers]
    found = zip(numbers, stabilities(members, runs.runs), strict=True)
    unsure = frozenset(number for number, figure in found if figure < _SURE)
    return unsure if len(unsure) < len(numbers) else frozenset()


def wanted_resolution(ties: Ties, placement: Placement, options: SeamOptions) -> float:
    """The resolution that gives the number of seams the user wants, or the fitted one."""
    wanted = options.wanted
    if wanted is None and options.size:
        wanted = max(1, round(len(placement.blocks) / options.size))
    if wanted is None:
        return options.weights.resolution
    blocked = Blocked.of(ties.total(), placement.blocks)
    low, high = _COARSEST, _FINEST
    for _ in range(_BISECTIONS):
        middle = (low * high) ** 0.5
        if _count(blocked.cluster(middle, options.seed)) < wanted:
            low = middle
        else:
            high = middle
    return high


def _count(partition: Partition) -> int:
    sizes = [0] * (max(partition, default=-1) + 1)
    for group in partition:
        sizes[group] += 1
    return sum(size >= SMALLEST for size in sizes)


def _block_sizes(blocks: Sequence[int]) -> list[int]:
    sizes: dict[int, int] = {}
    for block in blocks:
        sizes[block] = sizes.get(block, 0) + 1
    return [sizes[block] for block in blocks]


def _held(graph: Graph, groups: Sequence[int], folders: Sequence[str] | None) -> list[bool]:
    """Whether a module's group holds it enough; what is tied to everything alike stays in the monolith."""
    home = _homes(groups, folders) if folders else {}
    held = []
    for node, near in enumerate(graph.adjacent):
        folder = home.get(groups[node])
        outside = folder is not None and folders is not None and not f"{folders[node]}.".startswith(f"{folder}.")
        least = (_HELD_OUTSIDE if outside else _HELD) * graph.strength[node]
        held.append(pull(near, groups).get(groups[node], 0.0) >= least)
    return held


def _homes(groups: Sequence[int], folders: Sequence[str]) -> dict[int, str]:
    """The folder below the top that most of a group lies in, where there is one."""
    inside: dict[int, Counter[str]] = {}
    for group, folder in zip(groups, folders, strict=True):
        inside.setdefault(group, Counter())[folder] += 1
    most = {group: counts.most_common(1)[0] for group, counts in inside.items()}
    return {
        group: folder for group, (folder, count) in most.items() if "." in folder and 2 * count > inside[group].total()
    }


def _collected(
    groups: Sequence[int], loose: Sequence[bool], placement: Placement, runs: Ensemble, resolution: float
) -> Cut:
    numbers, count = renumber(groups)
    members: list[list[int]] = [[] for _ in range(count)]
    for place, group in enumerate(numbers):
        if placement.names.get(place) != MONOLITH and not loose[place]:
            members[group].append(place)
    kept = sorted(
        (tuple(group) for group in members if len(group) >= SMALLEST or _pinned(group, placement)),
        key=lambda group: (-len(group), group),
    )
    return Cut(tuple(kept), tuple(stabilities(kept, runs.runs)), resolution)


def _pinned(group: Sequence[int], placement: Placement) -> bool:
    return any(place in placement.names for place in group)
