"""What a seam is called: after the folder most of its modules share, or the thing they are about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

_FILE_WORDS = frozenset({"init", "main"})
_LONGEST = 40


def name_groups(
    groups: Sequence[Sequence[int]],
    modules: Sequence[str],
    topics: Sequence[Mapping[str, float]],
    pinned: Mapping[int, str],
    *,
    folders: bool,
) -> list[str]:
    """A name of its own for each group, a DNS label; ``folders`` allows a look at dotted names."""
    spread = Counter(part for name in modules for part in set(name.split("."))) if folders else Counter[str]()
    taken: set[str] = set()
    names = []
    for number, group in enumerate(groups, 1):
        candidates = [
            *(pinned[place] for place in group if place in pinned),
            *(_by_folder(group, modules, spread) if folders else ()),
            *_by_topic(group, topics),
            f"seam-{number}",
        ]
        names.append(_free(candidates, taken))
        taken.add(names[-1])
    return names


def _by_folder(group: Sequence[int], modules: Sequence[str], spread: Counter[str]) -> Iterator[str]:
    """Parts of dotted names, those first that cover the group and little else."""
    inside = Counter(part for place in group for part in set(modules[place].split(".")) - _FILE_WORDS)
    tops = Counter(name.partition(".")[0] for name in modules)
    whole = {top for top, count in tops.items() if 2 * count > len(modules)}
    scored = ((2 * count / (len(group) + spread[part]), part) for part, count in inside.items() if part not in whole)
    for score, part in sorted(scored, key=lambda item: (-item[0], item[1])):
        if score >= 0.25:
            yield part


def _by_topic(group: Sequence[int], topics: Sequence[Mapping[str, float]]) -> list[str]:
    weight: Counter[str] = Counter()
    for place in group:
        for noun, value in sorted(topics[place].items()):
            weight[noun] += value  # type: ignore[assignment]
    ranked = sorted(weight, key=lambda noun: (-round(weight[noun], 6), noun))
    single = ranked[:4]
    return [*single, *(f"{single[0]}-{other}" for other in single[1:])]


def _free(candidates: Sequence[str], taken: set[str]) -> str:
    labels = [label for label in map(_label, candidates) if label]
    for label in labels:
        if label not in taken:
            return label
    number = 2
    while f"{labels[0]}-{number}" in taken:
        number += 1
    return f"{labels[0]}-{number}"


def _label(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:_LONGEST].strip("-")
