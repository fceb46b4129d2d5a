"""Modules that their authors named or filed alike; the one signal that looks at names of files and folders.

Some folders are parts of the domain (``order/``), others are layers (``routes/``). A layer shows by what lies in it:
folders and files that are named after things of the domain which other folders are named after as well.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from strangler_analyzers.seams.signals.landscape import Landscape, Pairs
from strangler_analyzers.seams.signals.similarity import neighbours, weigh
from strangler_analyzers.seams.signals.words import words

# A domain noun in a name says more than a folder, and a folder that is all layer says next to nothing.
_NOUN = 2.0
_LAYER = 0.8


def directory_ties(land: Landscape, nouns: frozenset[str], count: int) -> Pairs:
    """Similarity by folders, and by domain nouns in dotted names."""
    paths = [_path(name) for name in land.names]
    layers = _layers(paths, nouns)
    bags = [_features(path, nouns, layers) for path in paths]
    return neighbours(weigh(bags), count)


def _path(name: str) -> list[str]:
    """``a.b.c`` → ``a``, ``a.b``, ``a.b.c``."""
    parts = name.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _features(path: Sequence[str], nouns: frozenset[str], layers: Mapping[str, float]) -> dict[str, float]:
    """The top package says nothing, so it is left out."""
    features = {folder: 1.0 - _LAYER * layers.get(folder, 0.0) for folder in path[1:]}
    features.update({f"={noun}": _NOUN for step in path[1:] for noun in _nouns(step, nouns)})
    return features


def _nouns(step: str, nouns: frozenset[str]) -> frozenset[str]:
    return words(step.rpartition(".")[2]) & nouns


def _layers(paths: Sequence[Sequence[str]], nouns: frozenset[str]) -> dict[str, float]:
    """For each folder the share of what lies in it that is named after something other folders hold too."""
    inside: dict[str, dict[str, frozenset[str]]] = {}
    holders: dict[str, set[str]] = {}
    for path in paths:
        for folder, child in itertools.pairwise(path):
            found = inside.setdefault(folder, {})[child] = _nouns(child, nouns)
            for noun in found:
                holders.setdefault(noun, set()).add(folder)
    return {
        folder: sum(_is_elsewhere(folder, found, holders) for found in children.values()) / len(children)
        for folder, children in inside.items()
    }


def _is_elsewhere(folder: str, found: frozenset[str], holders: Mapping[str, set[str]]) -> bool:
    return any(other != folder and not other.startswith(f"{folder}.") for noun in found for other in holders[noun])
