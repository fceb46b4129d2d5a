"""What would happen if modules moved: new figures, without clustering again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strangler.analysis import Analysis, Seam
from strangler_analyzers.seams.constraints import MONOLITH, matching
from strangler_analyzers.seams.draft import find_seam
from strangler_analyzers.seams.measures.books import Books, points
from strangler_analyzers.seams.measures.ledger import Entry, ledger
from strangler_analyzers.seams.measures.order import independence


@dataclass(frozen=True, slots=True)
class Standing:
    """A seam's figures that depend on its border: effort points, ties that stay inside, crossings by kind."""

    modules: int
    effort: int
    cohesion: float
    crossings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Change:
    """One seam before and after, what newly crosses its border, and what no longer does."""

    seam: str
    before: Standing
    after: Standing
    gained: tuple[Entry, ...]
    lost: tuple[Entry, ...]


class WhatIf:
    """Answers for one analysis; made once, each question takes milliseconds."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        kernel = frozenset(one["module"] for one in analysis.stats.get("kernel", ()))
        self._books = Books(ledger(analysis), kernel)
        self._home = {module: seam.id for seam in analysis.seams for module in seam.modules}
        self._names = [module.name for module in analysis.modules]
        self._index = {name: place for place, name in enumerate(self._names)}

    def move(self, modules: Sequence[str], target: str) -> list[Change]:
        """The seams that change if ``modules`` (``a.*``: all below) go to the seam ``target`` (``monolith``: to none).

        Raises:
            StranglerError: no such module or seam.
        """
        moving = {self._names[place] for pattern in modules for place in matching(pattern, self._index)}
        goal = MONOLITH if target == MONOLITH else find_seam(self._analysis, target).id
        touched = {goal, *(self._home.get(module, MONOLITH) for module in moving)} - {MONOLITH}
        return [
            self._change(seam, [*(set(seam.modules) - moving), *(moving if seam.id == goal else ())])
            for seam in self._analysis.seams
            if seam.id in touched
        ]

    def _change(self, seam: Seam, after: Sequence[str]) -> Change:
        old, new = self._books.border(seam.modules), self._books.border(after)
        before, now = set(old.crossing), set(new.crossing)
        return Change(
            seam.id,
            _standing(len(seam.modules), old.inside, old.crossing, old.by_kind()),
            _standing(len(after), new.inside, new.crossing, new.by_kind()),
            tuple(entry for entry in new.crossing if entry not in before),
            tuple(entry for entry in old.crossing if entry not in now),
        )


def _standing(modules: int, inside: Sequence[Entry], crossing: Sequence[Entry], kinds: Mapping[str, int]) -> Standing:
    effort = points(crossing)
    return Standing(modules, effort, round(independence(points(inside), effort), 4), kinds)
