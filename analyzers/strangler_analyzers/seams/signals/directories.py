"""Modules that their authors named or filed alike; the one signal that looks at names of files and folders.

Some folders are parts of the domain (``order/``), others are layers (``routes/``). A layer shows by what lies in it:
folders and files that are named after things of the domain which other folders are named after as well.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from strangler_analyzers.seams.signals.landscape import Landscape, Pairs
from strangler_analyzers.seams.signals.similarity import neighbours, weigh
from strangler_analyzers.seams.signals.stems import recurring_stems
from strangler_analyzers.seams.signals.vocabulary import Vocabulary

# A thing of the domain in a name says more than a folder, and a folder that is all layer says next to nothing.
_THING = 2.0
_LAYER = 0.8
# A word that recurs in a few folders holds together what no model is named after: ``scraper``, ``scoreboard``.
_STEM = 1.5


def directory_ties(land: Landscape, words: Vocabulary, count: int) -> Pairs:
    """Similarity by folders, by things of the domain in dotted names, and by other words that recur."""
    paths = [_path(name) for name in land.names]
    layers, stems = folder_layers(land, words), recurring_stems(paths, words)
    bags = [_features(path, words, layers, stems) for path in paths]
    return neighbours(weigh(bags), count)


def _path(name: str) -> list[str]:
    """``a.b.c`` → ``a``, ``a.b``, ``a.b.c``."""
    parts = name.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _features(
    path: Sequence[str], words: Vocabulary, layers: Mapping[str, float], stems: frozenset[str]
) -> dict[str, float]:
    """The top package says nothing, so it is left out."""
    features = {folder: 1.0 - _LAYER * layers.get(folder, 0.0) for folder in path[1:]}
    for step in path[1:]:
        last = step.rpartition(".")[2]
        features.update({f"={thing}": _THING for thing in words.things_in(last)})
        features.update({f"={one} {other}": _THING for one, other in words.phrases_in(last)})
        features.update({f"~{stem}": _STEM for stem in stems.intersection(words.spell(last))})
    return features


def folder_layers(land: Landscape, words: Vocabulary) -> dict[str, float]:
    """For each folder the share of what lies in it that is named after something other folders hold too."""
    inside: dict[str, dict[str, frozenset[str]]] = {}
    holders: dict[str, set[str]] = {}
    for path in map(_path, land.names):
        for folder, child in itertools.pairwise(path):
            found = inside.setdefault(folder, {})[child] = words.things_in(child.rpartition(".")[2])
            for thing in found:
                holders.setdefault(thing, set()).add(folder)
    return {
        folder: sum(_is_elsewhere(folder, found, holders) for found in children.values()) / len(children)
        for folder, children in inside.items()
    }


def _is_elsewhere(folder: str, found: frozenset[str], holders: Mapping[str, set[str]]) -> bool:
    return any(other != folder and not other.startswith(f"{folder}.") for thing in found for other in holders[thing])
