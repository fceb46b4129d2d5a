"""Proposals against a repository's history: what was really taken out, and what a month changes.

Usage: NOVA=CLONE SALEOR=CLONE python benchmarks/bench_seams_history.py, both with their history; for another one
       python benchmarks/bench_seams_history.py extraction|month REPOSITORY COMMIT --package NAME [--days 30]

``extraction``: COMMIT deleted code that had moved elsewhere; one of the first ten proposals for its parent should be
what left (nova: placement). ``month``: the proposal for COMMIT against the one for the last commit a month before, on
the modules that both have.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench_seams_recovery import labels
from figures import Figure, not_run, report, status
from seam_agreement import ami
from seam_cases import overlap
from sources import NOVA, SALEOR, Source, git, is_repository, missing, tree_at

from strangler.analysis import Analysis
from strangler_analyzers import Options, analyze

TOP = 10


def main() -> None:
    """Both on what was given, or the one that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["extraction", "month"], nargs="?")
    parser.add_argument("repository", type=Path, nargs="?")
    parser.add_argument("commit", nargs="?")
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("--days", type=int, default=30)
    given = parser.parse_args()
    if given.what is None:
        if has_history("a true extraction found again in nova", NOVA):
            extraction(Path(NOVA.given), NOVA.commit, ["nova"])
        if has_history("proposals a month apart in saleor", SALEOR):
            month(Path(SALEOR.given), SALEOR.commit, ["saleor"], given.days)
    elif given.what == "extraction":
        extraction(given.repository, given.commit, given.package)
    else:
        month(given.repository, given.commit, given.package, given.days)


def has_history(measure: str, source: Source) -> bool:
    """Whether a clone was given; says so in the table if not."""
    if missing("seams", measure, source):
        return False
    if not is_repository(Path(source.given)):
        not_run("seams", f"{measure}: {source.variable} is no clone with its history")
        return False
    return True


def proposed(repository: Path, commit: str, packages: Sequence[str]) -> Analysis:
    """The proposal for the tree of ``commit``, at default settings."""
    with tree_at(repository, commit) as folder:
        return analyze(folder, Options(packages=tuple(packages)))


def extraction(repository: Path, commit: str, packages: Sequence[str]) -> None:
    """Which of the first proposals is what left, and how exactly."""
    deleted = git(repository, "diff", "--diff-filter=D", "--no-renames", "--name-only", f"{commit}^", commit).decode()
    analysis = proposed(repository, f"{commit}^", packages)
    inside = {module.path: module.name for module in analysis.modules if module.is_product}
    left = {inside[path] for path in deleted.splitlines() if path in inside}
    print(f"{len(left)} modules left, {len(analysis.seams)} seams proposed for {len(inside)} modules")
    found = [(overlap(seam.modules, left), seam) for seam in analysis.seams]
    for (f1, precision, recall), seam in sorted(found, key=lambda one: -one[0][0])[:3]:
        print(f"  {seam.order}. {seam.id}: F1 {f1:.3f}, precision {precision:.2f}, recall {recall:.2f}")
    best = max((figures[0] for figures, seam in found if seam.order <= TOP), default=0.0)
    measure = f"F1 of the best of {TOP} proposals with what really left {', '.join(packages)}"
    report(Figure("seams", measure, best, floor=0.85, target=0.95, higher=True))


def month(repository: Path, commit: str, packages: Sequence[str], days: int) -> None:
    """How far the proposals of two commits agree."""
    when = int(git(repository, "log", "-1", "--format=%ct", commit))
    before = git(repository, "rev-list", "-1", f"--before={when - days * 86400}", commit).decode().strip()
    new, old = (labels(proposed(repository, one, packages)) for one in (commit, before))
    both = new.keys() & old.keys()
    print(f"{before[:12]} and {commit[:12]}: {len(old)} and {len(new)} modules, {len(both)} in both")
    one, other = ({name: side[name] for name in sorted(both)} for side in (new, old))
    measure = f"AMI of the proposals of {', '.join(packages)} {days} days apart"
    report(Figure("seams", measure, ami(one, other), floor=0.85, target=0.9, higher=True))


if __name__ == "__main__":
    main()
    sys.exit(status())
