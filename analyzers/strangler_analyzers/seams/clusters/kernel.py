"""The shared kernel: what nearly every part uses and nobody owns, a library rather than a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# A kernel module is among the most used ones, its users are spread over many groups, and no group dominates them.
_SHARE_OF_MODULES = 0.06
_FEWEST_GROUPS = 4
_SHARE_OF_GROUPS = 0.4
_LARGEST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class KernelModule:
    """A module of the kernel: how many modules use it, in how many groups."""

    place: int
    users: int
    groups: int


def kernel(users: Mapping[int, Sequence[int]], group_of: Sequence[int | None], groups: int) -> list[KernelModule]:
    """The most used modules whose users are everywhere, most used first.

    Args:
        users: the positions that use each position.
        group_of: the group of each position, None for none.
        groups: how many groups there are.
    """
    ranked = sorted(users, key=lambda place: (-len(users[place]), place))
    limit = max(1, round(_SHARE_OF_MODULES * len(group_of)))
    found = []
    for place in ranked[:limit]:
        spread: dict[int, int] = {}
        for user in users[place]:
            group = group_of[user]
            if group is not None:
                spread[group] = spread.get(group, 0) + 1
        if _is_everywhere(spread, groups):
            found.append(KernelModule(place, len(users[place]), len(spread)))
    return found


def _is_everywhere(spread: Mapping[int, int], groups: int) -> bool:
    wide = len(spread) >= max(_FEWEST_GROUPS, _SHARE_OF_GROUPS * groups)
    return wide and max(spread.values()) <= _LARGEST_SHARE * sum(spread.values())
