"""How long a service that begins to fail keeps its users: from the breach to weight 0, against the limit of 1 s.

A facade with one worker carries 1,000 requests a second over loopback, 10 % of the users at the service; then half of
the service's answers become 500. Measured is what a customer sees: the time from the breach to the last answer that
came from the service. For traffic too thin to measure in a benchmark (10 requests a second, 1 % of the users) the
expected time is simulated with the same gates. Usage: python benchmarks/bench_facade_rollback.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from figures import Figure, report

from strangler.plan import AbortIf
from strangler_facade import AdminClient, local_token
from strangler_facade.rollouts.counts import Counts, Reading, Windows
from strangler_facade.rollouts.gates import judge

RATE, CONNECTIONS, USERS, WEIGHT = 1000, 20, 2000, 10
LIMIT, FLOOR = 1.0, 5.0
SERVERS = """
import asyncio, random, sys

failing = False

class Answers(asyncio.Protocol):
    def __init__(self, name):
        self.name, self.left = name, b""
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        global failing
        self.left += data
        while b"\\r\\n\\r\\n" in self.left:
            head, _, self.left = self.left.partition(b"\\r\\n\\r\\n")
            failing = failing or head.startswith(b"GET /break")
            bad = self.name == "service" and failing and random.random() < 0.5
            status = b"500 Internal Server Error" if bad else b"200 OK"
            self.transport.write(b"HTTP/1.1 " + status + b"\\r\\ncontent-length: 2\\r\\n\\r\\nok")

async def main():
    loop = asyncio.get_running_loop()
    for name, port in (("monolith", sys.argv[1]), ("service", sys.argv[2])):
        await loop.create_server(lambda name=name: Answers(name), "127.0.0.1", int(port))
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _process(*command: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


async def _customer(port: int, users: list[int], seen: list[float], until: asyncio.Event) -> None:
    """One connection at its share of the rate; notes when an answer came from the service."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun, sent = time.monotonic(), 0
    while not until.is_set():
        user = users[sent % len(users)]
        writer.write(b"GET /api/7 HTTP/1.1\r\nhost: shop\r\ncookie: sid=user-%d\r\n\r\n" % user)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        if b"x-served-by: billing" in head.lower():
            seen.append(time.monotonic())
        sent += 1
        await asyncio.sleep(max(0.0, begun + sent * CONNECTIONS / RATE - time.monotonic()))
    writer.close()


async def _breach(listen: int, service: int, client: AdminClient) -> tuple[float, float, int]:
    """Seconds from the breach to the last answer of the service and to the notice, and requests a second."""
    stop, seen, draw = asyncio.Event(), list[float](), random.Random(5)
    users = [[draw.randrange(USERS) for _ in range(500)] for _ in range(CONNECTIONS)]
    customers = [asyncio.create_task(_customer(listen, mine, seen, stop)) for mine in users]
    await asyncio.sleep(2.0)
    version, before, noticed = client.status()["version"], len(seen), list[float]()
    waiting = threading.Thread(
        target=lambda: (client.state("billing", after=version, wait=30), noticed.append(time.monotonic()))
    )
    waiting.start()
    breach = time.monotonic()
    with socket.create_connection(("127.0.0.1", service)) as switch:
        switch.sendall(b"GET /break HTTP/1.1\r\n\r\n")
        switch.recv(100)
    await asyncio.to_thread(waiting.join)
    await asyncio.sleep(0.5)
    stop.set()
    await asyncio.gather(*customers)
    return max(seen) - breach, noticed[0] - breach, round(before / 2.0)


def _round() -> tuple[float, float, int]:
    listen, admin, monolith, service = (_port() for _ in range(4))
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "strangler.yaml"
        plan.write_text(
            f'{{version: 1, monolith: {{name: shop, packages: [shop], upstream: "http://127.0.0.1:{monolith}"}},'
            f' services: {{billing: {{modules: [shop.b], routes: ["/api/**"], upstream: "http://127.0.0.1:{service}"}}}},'
            f' facade: {{listen: "127.0.0.1:{listen}", admin: "127.0.0.1:{admin}", sticky: {{cookie: sid}}}}}}'
        )
        state = Path(folder) / "state"
        run = [sys.executable, "-m", "strangler", "facade", "run", "--plan", str(plan), "--state", str(state)]
        servers = [sys.executable, "-c", SERVERS, str(monolith), str(service)]
        with _process(*servers), _process(*run, "--workers", "1", "--quiet"):
            return _measured(f"127.0.0.1:{admin}", state, listen, service)


def _measured(admin: str, state: Path, listen: int, service: int) -> tuple[float, float, int]:
    with AdminClient(admin, local_token(state)) as client:
        client.shadow("billing", True, "benchmark")
        client.shift("billing", WEIGHT, "benchmark")
        client.shadow("billing", False, "benchmark")
        return asyncio.run(_breach(listen, service, client))


def _simulated(rate: float, weight: float, draw: random.Random) -> float:
    """Seconds until the gates speak, after a healthy minute, at this traffic with half of the answers failing."""
    now, counts, windows = 0.0, [0, 0, 0], Windows(Reading())
    while True:
        now += draw.expovariate(rate)
        at_service = draw.random() * 100 < weight
        counts[0] += at_service
        counts[1] += at_service and now > 60 and draw.random() < 0.5
        counts[2] += not at_service
        windows.add(Reading(now, Counts(counts[0], counts[1]), Counts(counts[2], 0)))
        if counts[1] and at_service and judge(windows.all(), AbortIf()):
            return now - 60


def main() -> None:
    """Print each round, median and worst against floor and target, then the simulation."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found = []
    for number in range(rounds):
        found.append(_round())
        last, noticed, rate = found[-1]
        print(f"round {number + 1}: last answer {last:.3f} s, notice {noticed:.3f} s, {rate} requests/s at the service")
    seconds = [entry[0] for entry in found]
    for what, value in (("median", statistics.median(seconds)), ("worst", max(seconds))):
        report(Figure("facade", f"breach to weight 0, {what}", value, "s", floor=FLOOR, target=LIMIT))
    draw = random.Random(1)
    for traffic, weight in ((1000.0, 10.0), (10.0, 1.0)):
        times = sorted(_simulated(traffic, weight, draw) for _ in range(60))
        what = f"expected from breach to detection at {traffic:g} requests/s and {weight:g} %"
        report(Figure("facade", what, statistics.mean(times), "s"))
        report(Figure("facade", f"{what}, 95 % within", times[56], "s"))


if __name__ == "__main__":
    main()
