"""The whole story in its order: read, accept, extract, route, shift, crash, mend, render, onboard."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from strangler.demo.commands import Commands
from strangler.demo.facts import Facts, Manifests, Onboarding
from strangler.demo.latency import added_latency
from strangler.demo.processes import Processes, Program, free_address
from strangler.demo.sample import Sample, copy_sample
from strangler.demo.shift import Rollback, Shift
from strangler.demo.tenants import Tenants
from strangler.demo.traffic import Traffic
from strangler.files import write_file
from strangler.plan import set_value
from strangler_facade import AdminClient, local_token

Say = Callable[[str], None]

_RATE, _CONNECTIONS, _MOST_SECONDS = 80, 12, 180
_REQUESTS = 2000
_TENANTS = {"fjord": "Fjord Outdoor", "maple": "Maple Books"}


@dataclass(frozen=True)
class Addresses:
    """Where everybody listens."""

    monolith: str
    service: str
    listen: str
    admin: str
    control_plane: str


@dataclass(frozen=True)
class Written:
    """What analysis and extraction made: seams proposed, the one taken, files in its service."""

    seams: int
    service: str
    files: int


def tell(directory: Path, say: Say, *, on_ready: Callable[[Facts], None] | None = None) -> Facts:
    """Run the whole story below ``directory``, which must be free, and return what was measured.

    Args:
        directory: gets the monolith's copy, the service, the report, the manifests and the logs.
        say: is told each step, in a sentence.
        on_ready: is called at the end while everything still runs; the processes stop when it returns.

    Raises:
        StranglerError: a step did not come about.
    """
    begun = time.monotonic()
    addresses = Addresses(*(free_address() for _ in range(5)))
    logs = directory / "logs"
    logs.mkdir(parents=True)
    say("copying and seeding the sample monolith")
    sample = copy_sample(directory / "monolith", addresses.monolith)
    run = Commands(sample.root, say)
    with Processes(logs) as processes:
        processes.start(sample.program)
        say(f"the monolith answers at {sample.url}")
        written = _take_out(run, sample, directory)
        _declare(sample, addresses, written.service)
        service = _service(sample, addresses, written.service, directory)
        processes.start(service)
        facts = _move(run, sample, addresses, written, service, processes, say)
        facts = replace(facts, manifests=_render(run, directory))
        tenants = Tenants(run, processes, directory, addresses.control_plane, say)
        # Nobody's pods run where the controllers are: a policy of every platform.
        onboarding = tenants.onboard(forbidden={"id": "rogue", "cluster": "hub"})
        facts = replace(facts, onboarding=onboarding, seconds=round(time.monotonic() - begun, 1))
        facts = replace(facts, look_at=_look_at(addresses, sample, directory, written.service))
        if on_ready is not None:
            on_ready(facts)
    return facts


def _take_out(run: Commands, sample: Sample, directory: Path) -> Written:
    """Analyse the monolith, accept the seam that is best to begin with, and extract it."""
    document = directory / "analysis.json"
    run("analyze", ".", "--package", "shop", "--format", "html", "-o", str(directory / "report.html"))
    run("analyze", ".", "--package", "shop", "--format", "json", "-o", str(document))
    seams = json.loads(document.read_text(encoding="utf-8"))["seams"]
    best = min(seams, key=lambda seam: int(seam["order"]))
    run("plan", "init", "--name", "shop", "--package", "shop", "--framework", "flask")
    run("plan", "accept", best["id"], "--analysis", str(document))
    extraction = run("extract", best["id"], "--analysis", str(document), "-o", str(directory / "service"))
    return Written(len(seams), best["id"], int(extraction["files"]))


def _declare(sample: Sample, addresses: Addresses, service: str) -> None:
    """Say in the plan where everybody listens, and what platform there is."""
    path = sample.root / "strangler.yaml"
    text = path.read_text(encoding="utf-8")
    values: dict[tuple[str | int, ...], object] = {
        ("monolith", "upstream"): sample.url,
        ("services", service, "upstream"): f"http://{addresses.service}",
        ("facade",): {"listen": addresses.listen, "admin": addresses.admin, "sticky": {"cookie": "shop_session"}},
        ("platform",): {
            "clusters": {
                "hub": {"role": "control", "compute": "auto"},
                "main": {"role": "application", "compute": "auto"},
            },
            "monolith": {"host": "shop.internal.example"},
        },
    }
    for key, value in values.items():
        text = set_value(text, key, value)
    write_file(path, text)
    tenants = sample.root / "tenants"
    tenants.mkdir()
    for tenant, name in _TENANTS.items():
        write_file(tenants / f"{tenant}.yaml", f"id: {tenant}\nname: {name}\ntier: standard\n")


def _service(sample: Sample, addresses: Addresses, name: str, directory: Path) -> Program:
    host, port = addresses.service.split(":")
    package = min((directory / "service").rglob("__main__.py")).parent
    command = [sys.executable, "-m", package.name, "--host", host, "--port", port]
    environment = {**sample.environment, "PYTHONPATH": str(package.parent)}
    return Program(name, command, directory / "service", environment, f"http://{addresses.service}/readyz")


@contextmanager
def _facade(sample: Sample, addresses: Addresses, processes: Processes) -> Iterator[AdminClient]:
    state = sample.root / ".strangler" / "facade"
    command = [sys.executable, "-m", "strangler", "facade", "run", "--workers", "1", "--state", str(state)]
    admin = f"http://{addresses.admin}"
    processes.start(Program("facade", command, sample.root, {}, f"{admin}/healthz"))
    with AdminClient(admin, local_token(state)) as client:
        yield client


def _move(
    run: Commands,
    sample: Sample,
    addresses: Addresses,
    written: Written,
    service: Program,
    processes: Processes,
    say: Say,
) -> Facts:
    """Put the facade in front, let customers in, and shift them."""
    through = f"http://{addresses.listen}"
    with _facade(sample, addresses, processes) as admin:
        say(f"the facade answers at {through}")
        latency = added_latency(sample.url, through, "/healthz")
        with Traffic(sample.root, through, rate=_RATE, connections=_CONNECTIONS, seconds=_MOST_SECONDS) as traffic:
            shift = Shift(service, written.service, admin, traffic, processes, say)
            shadow = shift.shadow()
            shift.climb()
            rollback = shift.crash()
            weight = shift.mend()
            traffic.until(lambda told: int(told["requests"]) >= _REQUESTS, seconds=_MOST_SECONDS)
            told = traffic.finish()
    return _facts(written, told, shadow, rollback, weight, latency)


def _facts(
    written: Written, told: Any, shadow: dict[str, int], rollback: Rollback, weight: float, latency: Any
) -> Facts:
    answers = sum(told["by_served_by"].values()) or 1
    return Facts(
        seams=written.seams,
        service=written.service,
        requests=told["requests"],
        writes=told["writes"],
        failed=told["failed"],
        failures=tuple(told["failures"]),
        indeterminate=told["indeterminate"],
        share={name: round(100 * count / answers, 1) for name, count in told["by_served_by"].items()},
        shadow=shadow,
        rolled_back=rollback.weight == 0 and bool(rollback.reason),
        rolled_back_because=rollback.reason,
        rollback_seconds=rollback.seconds,
        final_weight=weight,
        added_latency_ms=latency,
        files_written=written.files,
        manifests=Manifests(0, 0),
        onboarding=Onboarding(0, 0, 0, "", ()),
        seconds=0.0,
    )


def _render(run: Commands, directory: Path) -> Manifests:
    """Render the platform and check it; notes (what could not be checked here) are no findings."""
    tree = directory / "gitops"
    run("deploy", "render", "-o", str(tree))
    found = run("deploy", "check", str(tree))
    weighty = [finding for finding in found["findings"] if finding["severity"] != "note"]
    return Manifests(sum(1 for _ in tree.rglob("*.yaml")), len(weighty))


def _look_at(addresses: Addresses, sample: Sample, directory: Path, service: str) -> dict[str, str]:
    return {
        "plan": str(sample.root / "strangler.yaml"),
        "report": str(directory / "report.html"),
        "service": str(directory / "service"),
        "manifests": str(directory / "gitops"),
        "logs": str(directory / "logs"),
        "shop": f"http://{addresses.listen}",
        "traffic page": f"http://{addresses.admin}",
        "tenants page": f"http://{addresses.control_plane}",
    }
