"""How long `strangler deploy check` takes for a large estate, from files to findings, against the limits of its design.

Ten thousand bridge tenants with five services each on ten clusters and a control plane, with every kind, rendered to
disk and checked there by two processes: every file read and held against the plan, schemas, references, secrets,
conflicts, capacity, pairs of pods, every identity against every resource, admission policies. Limits: 10 minutes
(floor), 3 minutes (far). Then one file of one tenant in the middle is changed, and must be found.

Usage: python benchmarks/bench_deploy_check.py [--tenants N] [--processes N] [--folder DIR] [--crds DIR]
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path

from bench_deploy_render import plan_text

from strangler.plan import loads
from strangler.plan.platform import Tenant
from strangler_deploy import Declaration, Report, render_to, report

_FLOOR, _FAR, _FULL = 600.0, 180.0, 10_000


def main() -> None:
    """Render, check, break, check again, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=_FULL)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--crds", type=Path)
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="bench-check-", dir=given.folder))
    try:
        _measure(root / "tree", given)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _measure(tree: Path, given: argparse.Namespace) -> None:
    names = [f"customer-{number:05}" for number in range(given.tenants)]
    plan, tenants = loads(plan_text()), {name: Tenant(id=name) for name in names}
    render_to(tree, plan, tenants, processes=given.processes)
    declaration = Declaration(plan, tenants, given.crds)
    _print(given, *_timed(tree, declaration, given.processes))
    victim = tree / "tenants" / names[len(names) * 2 // 3] / "control/iam-policy-billing.yaml"
    victim.write_text(victim.read_text().replace('"s3:PutObject"', '"s3:*"'))
    found, seconds = _timed(tree, declaration, given.processes)
    rules = sorted({finding.rule for finding in (*found.findings, *found.stale)} & {"IAM-BEYOND", "DEPLOY-STALE"})
    print(f"one statement of one tenant widened: found as {rules}, in {seconds:.1f} s")


def _timed(tree: Path, declaration: Declaration, processes: int) -> tuple[Report, float]:
    start = time.perf_counter()
    found = report(tree, declaration, processes)
    return found, time.perf_counter() - start


def _print(given: argparse.Namespace, found: Report, seconds: float) -> None:
    worst = sorted({finding.rule for finding in found.findings if finding.severity == "error"})
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{given.tenants} tenants, {found.files} files, {given.processes} processes: {seconds:.1f} s, {memory:.0f} MB"
    )
    print(f"errors: {worst or 'none'}; stale files: {len(found.stale)}")
    full = seconds * _FULL / given.tenants
    told = "" if given.tenants == _FULL else f" (scaled to {_FULL} tenants: {full:.0f} s)"
    print(f"  {_FLOOR / full:.1f} x faster than the floor of {_FLOOR:.0f} s{told}")
    print(f"  {_FAR / full:.1f} x faster than the far target of {_FAR:.0f} s")


if __name__ == "__main__":
    main()
