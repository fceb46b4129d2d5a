"""How long `strangler deploy check` takes for a large estate, from files to findings, against the limits of its design.

Ten thousand bridge tenants with five services each on ten clusters and a control plane, with every kind, rendered to
disk and checked there by two processes: every file read and held against the plan, schemas, references, secrets,
conflicts, capacity, pairs of pods, every identity against every resource, admission policies. Then one file of one
tenant in the middle is changed, and must be found.

Usage: python benchmarks/bench_deploy_check.py [--tenants N] [--processes N] [--folder DIR] [--crds DIR]
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench_deploy_render import memory, plan_text, whole
from figures import Figure, status
from figures import report as tell

from strangler.plan import loads
from strangler.plan.platform import Tenant
from strangler_deploy import Declaration, Report, render_to, report

_FLOOR, _TARGET = 600.0, 180.0


def main() -> None:
    """Render, check, break, check again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--crds", type=Path)
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="bench-check-", dir=given.folder or memory()))
    try:
        _measure(root / "tree", given)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _measure(tree: Path, given: argparse.Namespace) -> None:
    names = [f"customer-{number:05}" for number in range(given.tenants)]
    plan, tenants = loads(plan_text()), {name: Tenant(id=name) for name in names}
    render_to(tree, plan, tenants, processes=given.processes)
    declaration = Declaration(plan, tenants, given.crds)
    found, seconds = _timed(tree, declaration, given.processes)
    errors = sorted({finding.rule for finding in found.findings if finding.severity == "error"})
    print(f"{given.tenants} tenants, {found.files} files; errors: {errors or 'none'}; stale: {len(found.stale)}")
    tell(
        whole(given.tenants, "checked", seconds, _FLOOR, _TARGET),
        Figure("deploy", "peak memory of the check", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB"),
    )
    victim = tree / "tenants" / names[len(names) * 2 // 3] / "control/iam-policy-billing.yaml"
    victim.write_text(victim.read_text().replace('"s3:PutObject"', '"s3:*"'))
    found, seconds = _timed(tree, declaration, given.processes)
    rules = {finding.rule for finding in (*found.findings, *found.stale)} & {"IAM-BEYOND", "DEPLOY-STALE"}
    missed = len({"IAM-BEYOND", "DEPLOY-STALE"} - rules)
    tell(Figure("deploy", "rules that miss one widened statement of one tenant", missed, peer="2 rules", target=0))


def _timed(tree: Path, declaration: Declaration, processes: int) -> tuple[Report, float]:
    start = time.perf_counter()
    found = report(tree, declaration, processes)
    return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
    sys.exit(status())
