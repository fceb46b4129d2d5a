"""Proposals against a repository's history: what was really taken out, and what a month changes.

Usage: python benchmarks/bench_seams_history.py extraction REPOSITORY COMMIT --package NAME
       python benchmarks/bench_seams_history.py month REPOSITORY COMMIT --package NAME [--days 30]

``extraction``: COMMIT deleted code that had moved elsewhere; one of the first ten proposals for its parent should be
what left. ``month``: the proposal for COMMIT against the one for the last commit a month before, on the modules that
both have. Exit status 1 if the floor is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench_seams_recovery import labels
from seam_agreement import ami
from seam_cases import git, overlap, row, tree

from strangler.analysis import Analysis
from strangler_analyzers import Options, analyze

TOP = 10


def main() -> int:
    """Run the one that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["extraction", "month"])
    parser.add_argument("repository", type=Path)
    parser.add_argument("commit")
    parser.add_argument("--package", action="append", required=True)
    parser.add_argument("--days", type=int, default=30)
    arguments = parser.parse_args()
    if arguments.what == "extraction":
        return extraction(arguments.repository, arguments.commit, arguments.package)
    return month(arguments.repository, arguments.commit, arguments.package, arguments.days)


def proposed(repository: Path, commit: str, packages: Sequence[str]) -> Analysis:
    """The proposal for the tree of ``commit``, at default settings."""
    with tree(repository, commit) as folder:
        return analyze(folder, Options(packages=tuple(packages)))


def extraction(repository: Path, commit: str, packages: Sequence[str]) -> int:
    """Which of the first proposals is what left, and how exactly."""
    deleted = git(repository, "diff", "--diff-filter=D", "--no-renames", "--name-only", f"{commit}^", commit).decode()
    analysis = proposed(repository, f"{commit}^", packages)
    outside = {"tests", "migrations"}
    inside = {module.path: module.name for module in analysis.modules if not outside.intersection(module.roles)}
    left = {inside[path] for path in deleted.splitlines() if path in inside}
    print(f"{len(left)} modules left, {len(analysis.seams)} seams proposed for {len(inside)} modules")
    found = [(overlap(seam.modules, left), seam) for seam in analysis.seams]
    for (f1, precision, recall), seam in sorted(found, key=lambda one: -one[0][0])[:3]:
        print(f"  {seam.order}. {seam.id}: F1 {f1:.3f}, precision {precision:.2f}, recall {recall:.2f}")
    best = max((figures[0] for figures, seam in found if seam.order <= TOP), default=0.0)
    return 0 if row(f"best F1 of the first {TOP} proposals with what left", best, 0.85, 0.95) else 1


def month(repository: Path, commit: str, packages: Sequence[str], days: int) -> int:
    """How far the proposals of two commits agree."""
    when = int(git(repository, "log", "-1", "--format=%ct", commit))
    before = git(repository, "rev-list", "-1", f"--before={when - days * 86400}", commit).decode().strip()
    new, old = (labels(proposed(repository, one, packages)) for one in (commit, before))
    both = new.keys() & old.keys()
    print(f"{before[:12]} and {commit[:12]}: {len(old)} and {len(new)} modules, {len(both)} in both")
    one, other = ({name: side[name] for name in sorted(both)} for side in (new, old))
    return 0 if row(f"AMI of the proposals {days} days apart", ami(one, other), 0.85, 0.9) else 1


if __name__ == "__main__":
    sys.exit(main())
