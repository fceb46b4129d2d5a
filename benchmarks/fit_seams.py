"""Fits the weights of seam proposals on monoliths whose decomposition is known, leaving one out at a time.

Usage: python benchmarks/fit_seams.py NAME=ANALYSIS.json,TRUTH.json[.gz][,MAP.json] ... [--samples N] [--names]

ANALYSIS is what ``strangler analyze --format json`` writes, TRUTH has ``contexts``: {domain: [modules]}, MAP renames
the truth's modules to the analysis's (for trees whose names were hidden). Weights are drawn at random around the
present ones; for each monolith the best of those drawn on the *others* is scored on it. Printed are the present
weights' figures, the left-out figures (what a new monolith can expect), and the best weights on all. Nothing is
written: round values that are as good within the noise belong into strangler_analyzers/seams/weights.py, by hand.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
from collections.abc import Mapping
from pathlib import Path

from seam_agreement import ami, mojofm
from seam_cases import read_json

from strangler.analysis import Analysis, load
from strangler_analyzers.seams import DEFAULT, SeamOptions, Weights
from strangler_analyzers.seams.clusters.cuts import cut
from strangler_analyzers.seams.constraints import placed
from strangler_analyzers.seams.signals.landscape import landscape
from strangler_analyzers.seams.signals.ties import gather
from strangler_analyzers.seams.signals.vocabulary import vocabulary

GRID: Mapping[str, tuple[float, ...]] = {
    "damp_in": (0.5, 0.6, 0.7, 0.8, 0.9),
    "damp_out": (0.3, 0.45, 0.6, 0.75),
    "citation": (0.2, 0.3, 0.4, 0.6),
    "topic": (0.5, 0.7, 0.9, 1.2),
    "defined": (1.0, 2.0, 3.0),
    "imported": (0.0, 0.5, 1.0),
    "used": (0.5, 1.0, 2.0),
    "agreement": (1.0, 2.0),
    "resolution": (1.4, 1.7, 2.0, 2.5),
}
NAMES_GRID: Mapping[str, tuple[float, ...]] = {"directory": (0.6, 1.0, 1.5, 2.0)}


@dataclasses.dataclass(frozen=True)
class Case:
    """A monolith and what it falls into."""

    name: str
    analysis: Analysis
    truth: Mapping[str, str]


def main() -> None:
    """Draw, score, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", metavar="NAME=ANALYSIS,TRUTH[,MAP]")
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--names", action="store_true", help="let proposals look at names of files and folders")
    arguments = parser.parse_args()
    cases = [read_case(text) for text in arguments.cases]
    grid = {**GRID, **(NAMES_GRID if arguments.names else {})}
    drawn = [DEFAULT, *draw(grid, arguments.samples)]
    scores = [{case.name: score(case, weights, names=arguments.names) for case in cases} for weights in drawn]
    show("present weights", scores[0])
    show("left out, each", {case.name: left_out(case.name, scores)[case.name] for case in cases})
    best = max(range(len(drawn)), key=lambda place: worth(scores[place]))
    show("best on all", scores[best])
    print({name: getattr(drawn[best], name) for name in grid})


def read_case(text: str) -> Case:
    """A case from its argument."""
    name, _, paths = text.partition("=")
    analysis, truth, *renaming = (Path(path) for path in paths.split(","))
    renamed = read_json(renaming[0]) if renaming else {}
    contexts = read_json(truth)["contexts"]
    labels = {renamed.get(module, module): label for label, modules in contexts.items() for module in modules}
    return Case(name, load(analysis), labels)


def draw(grid: Mapping[str, tuple[float, ...]], count: int) -> list[Weights]:
    """Weights at random, the same ones each time."""
    dice = random.Random(1)
    return [
        dataclasses.replace(DEFAULT, **{name: dice.choice(values) for name, values in grid.items()})
        for _ in range(count)
    ]


def score(case: Case, weights: Weights, *, names: bool) -> tuple[float, float]:
    """MoJoFM and AMI of the default cut; a module in no group is a group of its own."""
    options = SeamOptions(names=names, weights=weights)
    land = landscape(case.analysis)
    placement = placed(options.constraints, case.analysis, land.index)
    words = vocabulary(case.analysis, land) if names else None
    found = cut(gather(case.analysis, land, options, words), placement, options, weights.resolution)
    group = {land.names[place]: str(number) for number, members in enumerate(found.groups) for place in members}
    labels = {module: group.get(module, f"alone {module}") for module in case.truth}
    return mojofm(labels, case.truth), ami(labels, case.truth)


def worth(scores: Mapping[str, tuple[float, float]]) -> float:
    """What is made as large as possible: both figures count alike."""
    return sum(moves / 100 + information for moves, information in scores.values()) / len(scores)


def left_out(name: str, scores: list[dict[str, tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    """The scores of the weights that are best on all cases but ``name``."""
    return max(scores, key=lambda one: worth({other: figure for other, figure in one.items() if other != name}))


def show(title: str, scores: Mapping[str, tuple[float, float]]) -> None:
    """One line: the mean, then each case."""
    mean = [sum(figures[place] for figures in scores.values()) / len(scores) for place in (0, 1)]
    each = "  ".join(f"{name} {moves:.1f}/{information:.3f}" for name, (moves, information) in scores.items())
    print(f"{title:16} mean {mean[0]:.1f}/{mean[1]:.3f}  {each}", flush=True)


if __name__ == "__main__":
    main()
