"""Onboarding: from request to commit with checked manifests, with 1,000 tenants in the repository.

The named peer in the same run is what a person's script would do for one tenant: ``git clone``, ``git commit``,
``git push``, without rendering or checking anything. Measured are p50 and p95 one at a time, and 50 at once.

Usage: python benchmarks/bench_control_plane_onboarding.py [TENANTS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from figures import Figure, report, status
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


@dataclass(frozen=True)
class World:
    """What an onboarding needs."""

    remote: Path
    store: Store
    outbox: Outbox


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


@contextmanager
def world(folder: Path, count: int) -> Iterator[World]:
    """A store, a remote with ``count`` tenants, and what works between them."""
    remote = folder / "gitops.git"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    store, repository = Store(f"sqlite:///{folder / 'a.db'}"), Repository(folder / "clone.git", str(remote), "main")
    fill(repository, count)
    yield World(remote, store, Outbox(store, repository, Settings(PLAN), now))
    repository.close()
    store.close()


def one_at_a_time(there: World) -> list[float]:
    """Seconds of each request, from asked to committed."""
    times = []
    for number in range(SINGLE):
        began = time.perf_counter()
        ask(there.store, f"single-{number}")
        assert there.outbox.empty()
        times.append(time.perf_counter() - began)
    return times


def all_at_once(there: World) -> float:
    """Seconds until every one of many simultaneous requests is committed."""
    worker = threading.Thread(target=there.outbox.run)
    worker.start()
    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(there.store, f"together-{number}")) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there.outbox.ring()
    there.outbox.end()
    worker.join()
    assert there.outbox.empty()
    return time.perf_counter() - began


def amiss(there: World) -> int:
    """How many states other than committed there are, and one more if commits are lost, doubled or out of order."""
    with there.store.read() as connection:
        states = set(connection.scalars(select(requests.c.state)))
    form = "--format=%(trailers:key=Strangler-Request,valueonly,separator=%x2C)"
    order = [int(line.rpartition("/")[2]) for line in git(there.remote, "log", form, "main").split()]
    return len(states - {"committed"}) + (order != list(range(SINGLE + TOGETHER, 0, -1)))


def main() -> None:
    """Measure and compare."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name, world(Path(name), count) as there:
        times = one_at_a_time(there)
        together = all_at_once(there)
        wrong = amiss(there)
        hand = statistics.median(by_hand(Path(name), there.remote, number) for number in range(3))
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[18]
    report(
        Figure(
            "control plane", f"onboarding to a checked commit, p95, {count:,} tenants there", p95, "s", target=TARGET
        ),
        Figure("control plane", "onboarding, p50", p50 / hand, "x", "git clone, commit, push by hand"),
        Figure("control plane", f"{TOGETHER} asked at once, all committed", together, "s"),
        Figure("control plane", f"of {TOGETHER} at once, lost, doubled or out of order", wrong, target=0),
    )


if __name__ == "__main__":
    main()
    sys.exit(status())
