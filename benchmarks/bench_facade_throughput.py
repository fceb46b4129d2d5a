"""Requests a second, CPU and latency of one worker against nginx (and Envoy where its wheel is installed).

One core for the proxy, one for origin and load; policy, metrics and trace context on; heads as a browser sends them,
cookies of a thousand users. All systems take turns within each round, and a figure is the median of the rounds' ratios:
a busy machine disturbs all of them alike. Targets: 0.95 of nginx's requests/s compiled, 0.75 in plain Python, 1.0 with
64 KiB bodies, half of Envoy's CPU, 0.95 of the p50 nginx adds at one connection, its p99 at 64.

    python benchmarks/bench_facade_throughput.py [--rounds 5] [--seconds 2]
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
from pathlib import Path

import facade_rig as rig

CASES = {
    "real heads, 64 connections": (219, 64),
    "64 KiB bodies, 64 connections": (65536, 64),
    "1 connection": (219, 1),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--case", choices=range(len(CASES)), type=int)
    options = parser.parse_args()
    for number, (name, (body, connections)) in enumerate(CASES.items()):
        if options.case in (None, number):
            measure(name, body, connections, options.rounds, options.seconds)


def measure(name: str, body: int, connections: int, rounds: int, seconds: float) -> None:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(rig.origin(folder, body))
        systems = {"nginx": stack.enter_context(rig.nginx(folder, upstream))}
        document = rig.table(upstream, upstream)
        systems["facade"] = stack.enter_context(rig.facade(folder, document))
        systems["facade, plain Python"] = stack.enter_context(rig.facade(folder, document, pure=True))
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
        show(system, loads, runs, direct)


def show(system: str, loads: list[rig.Load], runs: dict[str, list[rig.Load]], direct: list[float]) -> None:
    peers = runs["nginx"]
    rate = statistics.median(a.rate / b.rate for a, b in zip(loads, peers, strict=True))
    p99 = statistics.median(a.p99 / b.p99 for a, b in zip(loads, peers, strict=True))
    added = statistics.median((a.p50 - d) / (b.p50 - d) for a, b, d in zip(loads, peers, direct, strict=True))
    cpu = statistics.median(load.microseconds for load in loads)
    ratio = statistics.median(a.cpu / b.cpu for a, b in zip(loads, peers, strict=True))
    line = (
        f"  {system:22} {statistics.median(load.rate for load in loads):8.0f}/s  rate {rate:.2f} x nginx"
        f"  CPU {cpu:5.1f} us ({ratio:.2f} x nginx)  added p50 {added:.2f}  p99 {p99:.2f}"
    )
    if system.startswith("facade") and "envoy" in runs:
        envoy = statistics.median(b.cpu / a.cpu for a, b in zip(loads, runs["envoy"], strict=True))
        line += f"  CPU {envoy:.1f} x better than Envoy"
    failed = sum(load.failed for load in loads)
    print(line + (f"  FAILED {failed}" if failed else ""))


if __name__ == "__main__":
    main()
