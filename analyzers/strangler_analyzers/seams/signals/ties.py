"""All signals side by side, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from strangler.analysis import Analysis
from strangler_analyzers.seams.options import SeamOptions
from strangler_analyzers.seams.signals.citations import citation_ties
from strangler_analyzers.seams.signals.cochange import cochange_ties
from strangler_analyzers.seams.signals.direct import arcs, direct_ties
from strangler_analyzers.seams.signals.directories import directory_ties
from strangler_analyzers.seams.signals.landscape import Landscape, Pairs
from strangler_analyzers.seams.signals.topics import topic_ties
from strangler_analyzers.seams.signals.traces import trace_ties
from strangler_analyzers.seams.signals.vocabulary import Vocabulary

DIRECT = "direct"

# What is left of a signal when the proposal is tried without it: little enough to show what it alone holds together.
_FAINT = 0.3


@dataclass(frozen=True, slots=True)
class Ties:
    """Each signal's pairs, scaled so that they can be added up."""

    signals: Mapping[str, Pairs]

    def apart(self, groups: Iterable[Sequence[int]]) -> Ties:
        """Without the ties by which any of ``groups`` would draw in, or be drawn to, what is not of it."""
        group_of = {place: number for number, group in enumerate(groups) for place in group}
        return Ties(
            {
                name: {pair: weight for pair, weight in ties.items() if group_of.get(pair[0]) == group_of.get(pair[1])}
                for name, ties in self.signals.items()
            }
        )

    def total(self, *, without: str | None = None) -> Pairs:
        """All signals added up, the one named hardly counting."""
        added: defaultdict[tuple[int, int], float] = defaultdict(float)
        for name, ties in self.signals.items():
            factor = _FAINT if name == without else 1.0
            for key, weight in ties.items():
                added[key] += factor * weight
        return dict(added)


def gather(analysis: Analysis, land: Landscape, options: SeamOptions, words: Vocabulary | None) -> Ties:
    """Every signal there is evidence for; a similarity's total is a fixed share of that of the direct ties.

    Without ``words`` the names of files and folders are not looked at.
    """
    weights = options.weights
    found = arcs(analysis, land)
    direct = direct_ties(found, len(land), weights)
    base = sum(direct.values()) or 1.0
    signals = {DIRECT: direct}
    similar = [
        ("citation", weights.citation, citation_ties(found, len(land), weights.neighbours)),
        ("topic", weights.topic, topic_ties(analysis, land, weights)),
        *_beside(analysis, land, options),
    ]
    for name, share, ties in similar:
        _add(signals, name, share * base, ties)
    if words:
        _add(signals, "directory", weights.directory * base, directory_ties(land, words, weights.neighbours))
    return Ties(signals)


def _add(signals: dict[str, Pairs], name: str, total: float, ties: Pairs) -> None:
    """Scale ``ties`` so that they add up to ``total``."""
    present = sum(ties.values())
    if present and total:
        signals[name] = {key: value * total / present for key, value in ties.items()}


def _beside(analysis: Analysis, land: Landscape, options: SeamOptions) -> Iterator[tuple[str, float, Pairs]]:
    """The signals that need more than source text."""
    weights, around = options.weights, options.surroundings
    if options.cochange:
        yield "cochange", weights.cochange, cochange_ties(analysis, land, around.commits)
    if around.traces:
        yield "trace", weights.trace, trace_ties(land, around.traces)
