"""Renders 10,000 bridge tenants with five services each, over ten clusters and with every kind, from files to files.

Measured are the time of a cold render with two processes (tenant files read, every file written), the time of one more
tenant by the command line, and whether bytes are stable.

Usage: python benchmarks/bench_deploy_render.py [--tenants 10000] [--folder DIR]; without DIR it writes to the memory
file system where there is one, because a disk's part of a million files says nothing of ours.
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

from figures import Figure, report, status

from strangler.plan import load, load_tenants
from strangler_deploy import render_to

_FULL = 10_000
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
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=_FULL)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="bench-deploy-", dir=arguments.folder or memory()))
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
    print(f"{count} tenants x {len(_SERVICES)} services: {files} files, {loaded:.1f} s of it reading tenants")
    sample = dict(sorted(tenants.items())[: max(1, count // 50)])
    render_to(root / "one", plan, sample, processes=1)
    render_to(root / "two", plan, dict(reversed(sample.items())), processes=2)
    unstable = float(digest(root / "one") != digest(root / "two"))
    report(
        whole(count, "rendered", cold, 300, 120),
        Figure("deploy", "one tenant added to them", _added(root, tree), "s", floor=3, target=1),
        Figure("deploy", "trees that differ by process count or order", unstable, target=0),
    )


def whole(tenants: int, done: str, seconds: float, floor: float, target: float) -> Figure:
    """What an estate took; the limits are for ten thousand tenants, with few of them our start weighs."""
    measure = f"{tenants:,} tenants x {len(_SERVICES)} services {done}"
    limits = (floor, target) if tenants == _FULL else (None, None)
    return Figure("deploy", measure, seconds, "s", floor=limits[0], target=limits[1])


def memory() -> Path | None:
    """The memory file system, if this machine has one with room for a million files."""
    place = Path("/dev/shm")
    return place if place.is_dir() and shutil.disk_usage(place).free > 12 << 30 else None


if __name__ == "__main__":
    main()
    sys.exit(status())
