"""Renders 10,000 bridge tenants with five services each, over ten clusters and with every kind, from files to files.

Prints the time of a cold render with two processes (tenant files read, every file written) against five minutes (floor)
and two (far), the time of one more tenant by the command line against three seconds and one, and whether bytes are
stable.

Usage: python benchmarks/bench_deploy_render.py [--tenants 10000] [--folder DIR]
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from strangler.plan import load, load_tenants
from strangler_deploy import render_to

_COLD_FLOOR, _COLD_FAR, _ADDED_FLOOR, _ADDED_FAR = 300.0, 120.0, 3.0, 1.0
_SERVICES = ("accounts", "billing", "catalogue", "orders", "reports")
_DATA = {
    "accounts": "sessions: {kind: dynamodb}",
    "billing": "invoices: {kind: s3}, database: {kind: rds}",
    "catalogue": "images: {kind: s3}",
    "orders": "orders: {kind: dynamodb}, events: {kind: sqs}",
    "reports": "answers: {kind: bedrock}",
}


def plan_text() -> str:
    """A plan with five services that use everything, on ten clusters and a control plane."""
    digest = "sha256:" + "a" * 64
    lines = [
        "version: 1",
        "monolith: {name: shop, packages: [shop], upstream: 'http://10.80.1.5:8000'}",
        "services:",
        *(f"  {s}: {{image: 'registry.example.com/{s}@{digest}', routes: [/{s}/**]}}" for s in _SERVICES),
        "platform:",
        "  account: '111122223333'",
        "  clusters:",
        "    control: {role: control, capabilities: [ack, argocd, kro]}",
        *(f"    app{number:02}: {{account: '{number:012}'}}" for number in range(1, 11)),
        "  tiers: {standard: {quota: {cpu: '20'}, nodes: {dedicated: true, capacity: [spot, on-demand]}}}",
        "  gateways: {public: {host: app.example.com, shards: 100}}",
        "  workloads:",
    ]
    for number, name in enumerate(_SERVICES):
        calls = ", ".join(("monolith", *_SERVICES[:number]))
        schedule = "schedules: [{start: '0 7 * * 1-5', end: '0 19 * * 1-5', replicas: 6}]" if number == 0 else "max: 6"
        lines.append(
            f"    {name}: {{calls: [{calls}], data: {{{_DATA[name]}}}, scale: {{{schedule}}}, secrets: [key], "
            f"domains: [api.example.com], security_groups: [sg-0123456789abcdef0], volume: 1}}"
        )
    return "\n".join(lines) + "\n"


def digest(folder: Path) -> str:
    """One hash over every path and every byte below a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _added(project: Path, tree: Path) -> float:
    """Seconds that one more tenant takes on the command line."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "strangler", "tenant", "add", "one-more", "-o", str(tree)]
    subprocess.run([*command, "--plan", str(project / "strangler.yaml"), "--quiet"], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="bench-deploy-", dir=arguments.folder))
    try:
        _measure(root, arguments.tenants)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _measure(root: Path, count: int) -> None:
    (root / "tenants").mkdir()
    (root / "strangler.yaml").write_text(plan_text())
    for number in range(count):
        name = f"customer-{number:05}"
        (root / "tenants" / f"{name}.yaml").write_text(f"id: {name}\nname: Customer {number}\nquota: {{pods: 60}}\n")
    tree = root / "tree"
    start = time.perf_counter()
    plan, tenants = load(root / "strangler.yaml"), load_tenants(root / "tenants")
    loaded = time.perf_counter() - start
    files = render_to(tree, plan, tenants, processes=2)
    cold = time.perf_counter() - start
    print(f"{count} tenants x {len(_SERVICES)} services: {files} files")
    print(
        f"cold, two processes: {cold:.1f} s ({loaded:.1f} s of it reading tenants), {cold / files * 1e6:.0f} us a file"
    )
    _against(cold * 10_000 / count, _COLD_FLOOR, _COLD_FAR, "" if count == 10_000 else ", scaled to 10000 tenants")
    sample = dict(sorted(tenants.items())[: max(1, count // 50)])
    render_to(root / "one", plan, sample, processes=1)
    render_to(root / "two", plan, dict(reversed(sample.items())), processes=2)
    print(f"bytes stable over process count and order: {digest(root / 'one') == digest(root / 'two')}")
    added = _added(root, tree)
    print(f"one tenant added by the command line: {added:.2f} s")
    _against(added, _ADDED_FLOOR, _ADDED_FAR)


def _against(seconds: float, floor: float, far: float, note: str = "") -> None:
    print(f"  {floor / seconds:.2f} x faster than the floor of {floor:.0f} s{note}")
    print(f"  {far / seconds:.2f} x faster than the far target of {far:.0f} s")


if __name__ == "__main__":
    main()
