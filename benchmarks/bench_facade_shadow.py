"""What mirroring every request does to the customers' latency: p50 and p99 with it on over those with it off.

Two workers stand side by side, one mirrors 100 % of its requests to a second server, one does not; a fleet of
clients asks each in turn at the same fixed rate, latencies count from when a request was due. The figure is the
median over rounds of the ratio within a round. The shadow process, which asks and compares, runs on the core of the
clients and servers, or (``--core same``) on the worker's own.

    python benchmarks/bench_facade_shadow.py [--rate 500] [--rounds 5] [--core other]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import facade_rig as rig
from figures import Figure, report

from strangler_facade.channel import Decoder

FLOORS = {"p50": 1.10, "p99": 1.15}


class Control:
    """The control plane's side of the shadow process's channel: keeps the newest counts."""

    def __init__(self, path: Path) -> None:
        self.counts: dict[str, int] = {}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        connection, decoder = self._listener.accept()[0], Decoder()
        while data := connection.recv(1 << 20):
            for message in decoder.feed(data):
                self.counts = message.get("counts", self.counts)


@contextlib.contextmanager
def shadow(folder: Path, core: str) -> Iterator[tuple[Path, Control]]:
    """The shadow process on a core; its socket, and what it tells."""
    listen, control = folder / "shadow", Control(folder / "channel")
    command = (sys.executable, "-m", "strangler_facade.shadow")
    with rig.process(*command, "--listen", str(listen), "--channel", str(folder / "channel"), core=core):
        while not listen.exists():
            time.sleep(0.05)
        yield listen, control


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--core", choices=("other", "same"), default="other")
    options = parser.parse_args()
    os.sched_setaffinity(0, {int(rig.LOAD_CORE)})
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(rig.origin(folder))
        core = rig.LOAD_CORE if options.core == "other" else rig.PROXY_CORE
        listen, control = stack.enter_context(shadow(folder, core))
        mirror = {"target": "billing", "percent": 100, "concurrency": 256}
        documents = {"off": rig.table(upstream, upstream, 0), "on": rig.table(upstream, upstream, 0, mirror=mirror)}
        arguments = {"off": (), "on": ("--shadow", str(listen))}
        ports = {
            name: stack.enter_context(rig.facade(folder, document, *arguments[name]))[0]
            for name, document in documents.items()
        }
        measure(ports, options.rate, options.rounds, options.core)
        time.sleep(1)
        print(f"the shadow process: {control.counts}")


def measure(ports: dict[str, int], rate: float, rounds: int, core: str) -> None:
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
        what = f"mirroring 100 % at {rate:.0f} requests/s, shadow process on the {core} core: {quantile}"
        value = statistics.median(values)
        report(Figure("facade", what, value, "x", "not mirroring", floor=FLOORS[quantile], target=1.05))


if __name__ == "__main__":
    main()
