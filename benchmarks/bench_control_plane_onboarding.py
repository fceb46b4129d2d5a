"""Onboarding: from request to commit with checked manifests, with 1,000 tenants in the repository.

The named peer in the same run is what a person's script would do for one tenant: ``git clone``, ``git commit``,
``git push``, without rendering or checking anything. Prints p50 and p95 one at a time, and 50 at once.

Usage: python benchmarks/bench_control_plane_onboarding.py [TENANTS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from figures import Figure, report
from sqlalchemy import select

from strangler.plan import loads
from strangler.plan.platform import Tenant
from strangler_deploy.control_plane.provisioning.git import Change, Repository
from strangler_deploy.control_plane.provisioning.outbox import Outbox, Settings
from strangler_deploy.control_plane.store.store import Store
from strangler_deploy.control_plane.store.tables import requests
from strangler_deploy.control_plane.tenants.requests import onboard
from strangler_deploy.render import render
from strangler_deploy.tenants import tenant_text

PLAN = """\
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://10.80.1.5:8000"}
services:
  billing: {modules: [shop.billing], routes: ["/api/invoices/**"]}
  orders: {modules: [shop.orders], routes: ["/orders/**"]}
platform:
  clusters:
    hub: {role: control}
    app: {role: application}
"""
TARGET = 2.0
SINGLE, TOGETHER = 20, 50


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def git(where: Path, *arguments: str) -> str:
    """Run git."""
    said = ("-c", "user.name=a", "-c", "user.email=a@example.com", *arguments)
    return subprocess.run(["git", *said], cwd=where, capture_output=True, check=True, text=True).stdout


def fill(repository: Repository, count: int) -> None:
    """A repository with many tenants, in one commit."""
    tenants = {f"old-{number}": Tenant(id=f"old-{number}") for number in range(count)}
    files = render(loads(PLAN), tenants)
    files |= {f"tenants/{name}.yaml": tenant_text(tenant) for name, tenant in tenants.items()}
    files["strangler.yaml"] = PLAN
    commit = repository.build("", Change("Begin\n", "1700000000 +0000", (), files))
    assert repository.publish(commit, "")
    print(f"{len(files):,} files of {count:,} tenants")


def ask(store: Store, name: str) -> None:
    """Put one request into the outbox."""
    with store.write() as connection:
        onboard(connection, {"id": name}, "standard", "bench", now())


def by_hand(folder: Path, remote: Path, number: int) -> float:
    """The peer: clone, commit, push."""
    began, clone = time.perf_counter(), folder / f"clone-{number}"
    git(folder, "clone", "--quiet", str(remote), str(clone))
    (clone / f"tenants/hand-{number}.yaml").write_text(f"id: hand-{number}\n", encoding="utf-8")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "By hand")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    return time.perf_counter() - began


def main() -> int:
    """Measure and compare."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        remote = folder / "gitops.git"
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
        store, repository = Store(f"sqlite:///{folder / 'a.db'}"), Repository(folder / "clone.git", str(remote), "main")
        fill(repository, count)
        outbox = Outbox(store, repository, Settings(PLAN), now)
        times = []
        for number in range(SINGLE):
            began = time.perf_counter()
            ask(store, f"single-{number}")
            assert outbox.empty()
            times.append(time.perf_counter() - began)
        worker = threading.Thread(target=outbox.run)
        worker.start()
        began = time.perf_counter()
        threads = [threading.Thread(target=ask, args=(store, f"together-{number}")) for number in range(TOGETHER)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outbox.ring()
        outbox.end()
        worker.join()
        together = time.perf_counter() - began
        assert outbox.empty()
        together = max(together, time.perf_counter() - began)
        with store.read() as connection:
            states = set(connection.scalars(select(requests.c.state)))
        said = git(remote, "log", "--format=%(trailers:key=Strangler-Request,valueonly,separator=%x2C)", "main").split()
        order = [int(line.rpartition("/")[2]) for line in said]
        in_order = order == list(range(SINGLE + TOGETHER, 0, -1))
        repository.close()
        store.close()
        hand = statistics.median(by_hand(folder, remote, number) for number in range(3))
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[18]
    print(f"{TOGETHER} at once: {together:.1f} s in all, states {states}, one commit each and in order: {in_order}")
    lost = float(not in_order) + len(states - {"committed"})
    report(
        Figure("control plane", "onboarding to a checked commit, p95, 1,000 tenants there", p95, "s", target=TARGET),
        Figure("control plane", "onboarding, p50", p50 / hand, "x", "git clone, commit, push by hand"),
        Figure("control plane", f"of {TOGETHER} at once, lost, doubled or out of order", lost, target=0),
    )
    return 0 if p95 <= TARGET and states == {"committed"} and in_order else 1


if __name__ == "__main__":
    sys.exit(main())
