"""Which words of file and folder names are things of the domain, and which only kinds of code.

English puts the thing first: ``DeviceFilter``, ``SiteFilter``, ``CableFilter``. A word that stands behind many things
is a kind (``filter``), even where a model has it in its name (``SavedFilter``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from strangler.analysis import Analysis
from strangler_analyzers.seams.signals.landscape import Landscape
from strangler_analyzers.seams.signals.words import domain_nouns, kept_names, sequence

# A word that goes with this share of all things is no thing itself. Chosen by eye on a wide gap: on eight monoliths
# such words have .35 and more (``filter`` .73, ``view`` .47), things .29 at most.
_GOES_WITH_MANY = 1 / 3
# Among few things a third is an accident.
_FEWEST_BESIDE = 4

Phrase = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``things`` are the domain's nouns, ``kinds`` the words that go with many of them.

    ``phrases`` are two things that models name side by side; ``joined`` tells such a pair written as one word
    (``giftcard``).
    """

    things: frozenset[str]
    kinds: frozenset[str]
    phrases: frozenset[Phrase]
    joined: Mapping[str, Phrase]

    def spell(self, identifier: str) -> tuple[str, ...]:
        """The words of an identifier, with joined ones taken apart."""
        return tuple(part for word in sequence(identifier) for part in self._parts(word))

    def _parts(self, word: str) -> tuple[str, ...]:
        return (word,) if word in self.things else self.joined.get(word, (word,))

    def things_in(self, identifier: str) -> frozenset[str]:
        """The things that an identifier names."""
        return self.things.intersection(self.spell(identifier))

    def phrases_in(self, identifier: str) -> frozenset[Phrase]:
        """The pairs of things that an identifier names side by side."""
        return self.phrases.intersection(itertools.pairwise(self.spell(identifier)))


def vocabulary(analysis: Analysis, land: Landscape) -> Vocabulary:
    """The vocabulary of a monolith, read from its models, tables and classes."""
    nouns = domain_nouns(analysis)
    kinds = _kinds(_class_names(analysis, land), nouns)
    phrases = frozenset(_pairs(kept_names(analysis), nouns - kinds))
    joined = {"".join(phrase): phrase for phrase in sorted(phrases)}
    return Vocabulary(nouns - kinds, kinds, phrases, joined)


def _class_names(analysis: Analysis, land: Landscape) -> Iterator[str]:
    for function in analysis.functions:
        module, _, name = function.ref.partition(":")
        if function.kind == "class" and "." not in name and module in land.index:
            yield name


def _kinds(names: Iterable[str], nouns: frozenset[str]) -> frozenset[str]:
    """The words that stand behind, or before, many different things; a name is about the first thing in it."""
    subjects: set[str] = set()
    beside: dict[str, set[str]] = {}
    for name in names:
        parts = sequence(name)
        subject = next((word for word in parts if word in nouns), None)
        if subject is not None:
            subjects.add(subject)
            for word in set(parts) - {subject}:
                beside.setdefault(word, set()).add(subject)
    least = max(_FEWEST_BESIDE, _GOES_WITH_MANY * len(subjects))
    return frozenset(word for word, found in beside.items() if len(found) >= least)


def _pairs(names: Iterable[str], things: frozenset[str]) -> Iterator[Phrase]:
    for name in names:
        yield from (pair for pair in itertools.pairwise(sequence(name)) if things.issuperset(pair))
