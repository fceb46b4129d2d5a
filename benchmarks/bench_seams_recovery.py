"""Known decompositions found again, at default settings: names hidden, with names, coarse, and under other seeds.

Usage: CASES=FOLDER SALEOR=… OSCAR=… MEALIE=… python benchmarks/bench_seams_recovery.py [--work FOLDER]

CASES holds cases.json, truth/NAME.seams.json.gz, baselines.json and blind.py (which hides names; needs libcst), and the
variable named as a case is its source. Hiding names takes minutes: ``--work`` keeps the hidden trees for the next time.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from figures import Figure, report, status
from seam_agreement import ami
from seam_cases import Known, known, read_json
from sources import CASES, MEALIE, OSCAR, SALEOR, missing

from strangler.analysis import Analysis
from strangler_analyzers import SeamOptions, propose

SEEDS = range(4)


def main() -> None:
    """Score every case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    if missing("seams", "known decompositions found again", CASES, SALEOR, OSCAR, MEALIE):
        return
    folder = Path(CASES.given)
    with tempfile.TemporaryDirectory() as temporary:
        cases = list(known(folder, (SALEOR, OSCAR, MEALIE), given.work or Path(temporary)))
    baselines = read_json(folder / "baselines.json")
    for figure in chain(recovered(cases, baselines), map(steady, cases)):
        report(figure)


def recovered(cases: Sequence[Known], baselines: Mapping[str, Any]) -> Iterator[Figure]:
    """Agreement with the truth: each case against the best baseline, then the means."""
    fine, coarse, named = [], [], []
    for case in cases:
        blind, open_eyed = propose(case.hidden), propose(case.named)
        fine.append(case.scores(_groups(blind), hidden=True))
        coarse.append(case.scores(blind.stats["coarse"], hidden=True))
        named.append(case.scores(_groups(open_eyed), hidden=False))
        yield from above(case.name, fine[-1], baselines[case.name]["methods"])
        for measure, score in zip(("MoJoFM", "AMI"), named[-1], strict=True):
            yield Figure("seams", f"{case.name}, with names: {measure}", score, higher=True)
    yield agreed("names hidden: mean MoJoFM", _mean(fine, 0), 74, 77)
    yield agreed("names hidden: mean AMI", _mean(fine, 1), 0.60, 0.63)
    yield agreed("names hidden, coarse cut: mean AMI", _mean(coarse, 1), 0.64, 0.67)
    yield agreed("with names: mean MoJoFM", _mean(named, 0), 82, 86)
    yield agreed("with names: mean AMI", _mean(named, 1), 0.78, 0.82)


def agreed(measure: str, value: float, floor: float, target: float) -> Figure:
    """A figure of agreement: more is better."""
    return Figure("seams", measure, value, floor=floor, target=target, higher=True)


def above(name: str, scores: tuple[float, float], methods: Mapping[str, Any]) -> Iterator[Figure]:
    """A case against the best run of every baseline."""
    for measure, score in zip(("MoJoFM", "AMI"), scores, strict=True):
        runs = [method for title, method in methods.items() if title != "TRUTH"]
        best = max(max(run[measure], run.get("max", {}).get(measure, 0)) for run in runs)
        what = f"{name}, names hidden: {measure}"
        yield Figure("seams", what, score, peer=f"the best baseline, {best:.3g}", target=best, higher=True)


def steady(case: Known) -> Figure:
    """How far proposals under different seeds agree."""
    proposals = [labels(propose(case.named, SeamOptions(seed=seed))) for seed in SEEDS]
    agreements = [ami(one, other) for one, other in itertools.combinations(proposals, 2)]
    mean = sum(agreements) / len(agreements)
    return agreed(f"{case.name}: mean AMI under {len(SEEDS)} seeds", mean, 0.85, 0.9)


def labels(analysis: Analysis) -> dict[str, str]:
    """The seam of each module that can be in one; what is in none is together."""
    return {module.name: module.seam or "" for module in analysis.modules if module.is_product}


def _groups(analysis: Analysis) -> list[Sequence[str]]:
    return [seam.modules for seam in analysis.seams]


def _mean(scores: Sequence[tuple[float, float]], place: int) -> float:
    return sum(score[place] for score in scores) / len(scores)


if __name__ == "__main__":
    main()
    sys.exit(status())
