"""How long `strangler deploy check` takes for a large estate, against the limits of its design.

Ten thousand bridge tenants with five services each on ten clusters, rendered in memory and checked by two processes:
schemas of native kinds, references, secrets, conflicts, capacity, every pair of pods, every identity against every
resource, admission policies. Limits: 10 minutes (floor), 3 minutes (far). The ratio is time to limit, below 1 is good.

Usage: python benchmarks/bench_deploy_check.py [--tenants N] [--processes N]
"""

from __future__ import annotations

import argparse
import time

from strangler.plan import Plan, loads
from strangler.plan.platform import Tenant
from strangler_deploy import check, render

FLOOR, FAR, FULL = 600.0, 180.0, 10_000
DIGEST = "sha256:" + "a" * 64


def estate(clusters: int) -> Plan:
    """Five services that call each other, with data, on so many clusters."""
    names = ["accounts", "billing", "metering", "orders", "search"]
    services = "".join(f'  {n}: {{image: "registry.example.com/{n}@{DIGEST}", routes: ["/{n}/**"]}}\n' for n in names)
    calls = {"orders": "[billing, accounts]", "billing": "[metering, monolith]", "search": "[orders]"}
    data = {"billing": "{invoices: {kind: s3}}", "orders": "{orders: {kind: dynamodb}}"}
    workloads = "".join(f"    {n}: {{calls: {calls.get(n, '[]')}, data: {data.get(n, '{}')}}}\n" for n in names)
    sites = ", ".join(f"c{number}: {{}}" for number in range(clusters))
    return loads(
        'version: 1\nmonolith: {name: shop, packages: [shop], upstream: "http://10.80.1.5:8000"}\n'
        f"services:\n{services}platform:\n  clusters: {{{sites}}}\n"
        '  tiers: {standard: {quota: {cpu: "16", memory: 32Gi, pods: 60}, nodes: {cpu: "900000", memory: 999999Gi}}}\n'
        f"  workloads:\n{workloads}"
    )


def main() -> None:
    """Render, check, and print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenants", type=int, default=FULL)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    plan = estate(max(1, given.tenants // 1000) if given.tenants >= 1000 else 2)
    tenants = {name: Tenant(id=name) for name in (f"tenant-{number:05}" for number in range(given.tenants))}
    tree = render(plan, tenants)
    start = time.monotonic()
    findings = check(tree, plan, tenants, processes=given.processes)
    seconds = time.monotonic() - start
    worst = sorted({finding.rule for finding in findings if finding.severity == "error"})
    scaled = seconds * FULL / given.tenants
    print(f"{given.tenants} tenants, {len(tree)} files, {given.processes} processes: {seconds:.1f} s, errors: {worst}")
    print(f"for {FULL} tenants at this rate: {scaled:.0f} s")
    print(f"ratio to the floor of {FLOOR:.0f} s: {scaled / FLOOR:.2f}")
    print(f"ratio to the far target of {FAR:.0f} s: {scaled / FAR:.2f}")


if __name__ == "__main__":
    main()
