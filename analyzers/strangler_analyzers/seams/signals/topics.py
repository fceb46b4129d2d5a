"""Which things of the domain a module is about: domain nouns in what it defines, imports and uses."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from strangler.analysis import Analysis
from strangler_analyzers.seams.signals.landscape import Landscape, Pairs
from strangler_analyzers.seams.signals.similarity import neighbours, weigh
from strangler_analyzers.seams.signals.vocabulary import vocabulary
from strangler_analyzers.seams.signals.words import words
from strangler_analyzers.seams.weights import Weights

Bags = list[dict[str, float]]

# A method's name says less about its module than that of the class it stands in.
_MEMBER = 0.3


def topic_ties(analysis: Analysis, land: Landscape, weights: Weights) -> Pairs:
    """Similarity by domain nouns."""
    return neighbours(topics(analysis, land, weights), weights.neighbours)


def topics(analysis: Analysis, land: Landscape, weights: Weights) -> list[dict[str, float]]:
    """For each module its domain nouns, the rare ones weighing more."""
    nouns = vocabulary(analysis, land).things
    parts = (
        (weights.defined, _defined(analysis, land, nouns)),
        (weights.imported, _imported(analysis, land, nouns)),
        (weights.used, _used(analysis, land, nouns)),
    )
    mixed: list[defaultdict[str, float]] = [defaultdict(float) for _ in land.names]
    for share, bags in parts:
        for place, bag in enumerate(bags):
            length = math.sqrt(sum(value * value for value in bag.values())) or 1.0
            for noun in sorted(bag):
                mixed[place][noun] += share * bag[noun] / length
    return weigh(mixed)


def _defined(analysis: Analysis, land: Landscape, nouns: frozenset[str]) -> Bags:
    bags: Bags = [{} for _ in land.names]
    for function in analysis.functions:
        module, _, name = function.ref.partition(":")
        place = land.index.get(module)
        if place is not None:
            depth = name.count(".")
            if depth <= 1:
                _add(bags[place], name.rpartition(".")[2], nouns, _MEMBER if depth else 1.0)
    return bags


def _imported(analysis: Analysis, land: Landscape, nouns: frozenset[str]) -> Bags:
    bags: Bags = [{} for _ in land.names]
    for edge in analysis.edges:
        place = land.index.get(edge.source)
        if place is not None and edge.kind == "import":
            for site in edge.evidence:
                _add(bags[place], (site.symbol or "").rpartition(":")[2], nouns, 1.0)
    return bags


def _used(analysis: Analysis, land: Landscape, nouns: frozenset[str]) -> Bags:
    bags: Bags = [{} for _ in land.names]
    for module in analysis.modules:
        place = land.index.get(module.name)
        if place is not None:
            for counts in (module.words, module.strings):
                _count(bags[place], counts, nouns)
    return bags


def _count(bag: dict[str, float], counts: Mapping[str, int], nouns: frozenset[str]) -> None:
    for text, count in counts.items():
        _add(bag, text, nouns, float(count))


def _add(bag: dict[str, float], identifier: str, nouns: frozenset[str], value: float) -> None:
    for word in words(identifier) & nouns:
        bag[word] = bag.get(word, 0.0) + value
