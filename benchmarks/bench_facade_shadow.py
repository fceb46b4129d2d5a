"""What mirroring every request does to the customers' latency: p50 and p99 with it on over those with it off.

Two workers stand side by side, one mirrors 100 % of its requests to a second server, one does not; a fleet of
clients asks each in turn at the same fixed rate, latencies count from when a request was due. The figure is the
median over rounds of the ratio within a round. Targets: 1.05 for both.

    python benchmarks/bench_facade_shadow.py [--rate 2000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import tempfile
import threading
from pathlib import Path

import facade_rig as rig

TARGET = 1.05
FLOORS = {"p50": 1.10, "p99": 1.15}


def sink(path: Path) -> None:
    """Take the mirrored records and throw them away."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    room = bytearray(1 << 20)

    def serve() -> None:
        while True:
            connection = listener.accept()[0]
            while connection.recv_into(room):
                pass

    threading.Thread(target=serve, daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.sched_setaffinity(0, {int(rig.LOAD_CORE)})  # whoever takes the records is no work of the proxy's core
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(rig.origin(folder))
        sink(folder / "shadow")
        mirror = {"target": "billing", "percent": 100, "concurrency": 256}
        documents = {"off": rig.table(upstream, upstream, 0), "on": rig.table(upstream, upstream, 0, mirror=mirror)}
        shadow = ("--shadow", str(folder / "shadow"))
        ports = {
            name: stack.enter_context(rig.facade(folder, document, *(shadow if name == "on" else ())))[0]
            for name, document in documents.items()
        }
        measure(ports, options.rate, options.rounds)


def measure(ports: dict[str, int], rate: float, rounds: int) -> None:
    ratios: dict[str, list[float]] = {"p50": [], "p99": []}
    for _ in range(rounds):
        found = {}
        for name, port in ports.items():
            found[name] = json.loads(rig.clients(port, 32, int(rate * 3), rate).communicate()[0])
            print(f"  {name}: " + ", ".join(f"{q} {found[name][q] * 1e6:.0f} us" for q in ratios))
            assert found[name]["outcomes"] == {"200": int(rate * 3)}, found[name]["outcomes"]
        for quantile, values in ratios.items():
            values.append(found["on"][quantile] / found["off"][quantile])
    for quantile, values in ratios.items():
        value, floor = statistics.median(values), FLOORS[quantile]
        verdict = "target met" if value <= TARGET else "floor met" if value <= floor else "MISSED"
        what = f"mirroring 100 % at {rate:.0f} requests/s: {quantile} x {value:.2f}"
        print(f"{what}: floor {floor}, target {TARGET}: {verdict}")


if __name__ == "__main__":
    main()
