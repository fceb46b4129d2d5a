"""Clients that count every answer: keep-alive connections that ask again as soon as they are answered.

    python benchmarks/facade_clients.py PORT CONNECTIONS REQUESTS

prints one JSON object: how many were answered 200, how many failed and how, at which rate, with which latencies. With
``--rate`` they ask at a given rate instead, at random times as independent users would (even spacing would fall into
step with what a proxy does by the clock), and latencies count from when a request was due.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections import Counter
from time import perf_counter

import facade_rig as rig


def request(user: int) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in rig.REQUEST_FIELDS.items())
    cookie = f"Cookie: theme=dark; sid={user * 7919:032x}; csrftoken=Zq8Yw2Lr5Tt0Vb7Nc4Mx1Kj9Hg6Fd3Sa\r\n"
    first = f"GET /api/v1/invoices?limit=20&page={user % 7} HTTP/1.1\r\nHost: shop.example.com\r\n"
    return (first + lines + cookie + "\r\n").encode()


class Fleet:
    """All the connections, and what they have seen."""

    def __init__(self, port: int, requests: int, rate: float, marks: int) -> None:
        self._mark = requests // marks if marks else 0
        self.port, self.left, self.rate = port, requests, rate
        self.requests = [request(user) for user in range(1, 1001)]
        self.outcomes: Counter[str] = Counter()
        self.latencies: list[float] = []
        self.done = asyncio.Event()
        self.open = 0
        self.begun = self._due = perf_counter()
        self._chance = random.Random(1)
        self.sent = 0

    def next(self) -> tuple[bytes, float] | None:
        """A request and when it is due; ``None`` when there are no more."""
        if self.left <= 0:
            return None
        self.left -= 1
        self.sent += 1
        if self._mark and self.sent % self._mark == 0:
            sys.stdout.write(".")
            sys.stdout.flush()
        if self.rate:
            self._due += self._chance.expovariate(self.rate)
        return self.requests[self.sent % 1000], self._due if self.rate else 0.0


class Client(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet, self._loop = fleet, asyncio.get_running_loop()
        self._due = 0.0
        self._waits = self._ended = False
        self._buffer, self._need = b"", -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        found = self._fleet.next()
        if found is None:
            self._end()
            return
        data, due = found
        delay = due - perf_counter()
        if delay > 0:
            self._loop.call_later(delay, self._send, data, due)
        else:
            self._send(data, due or perf_counter())

    def _send(self, data: bytes, due: float) -> None:
        self._due, self._waits = due, True
        if self._ended:
            self._loop.create_task(connect(self._fleet))
            self._fleet.left += 1
            return
        self._transport.write(data)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data
        end = data.find(b"\r\n\r\n")
        if end >= 0 and self._need < 0:
            head = data[:end].lower() + b"\r\n"
            place = head.find(b"\r\ncontent-length: ")
            self._need = end + 4 + int(head[place + 18 : head.find(b"\r", place + 18)])
        if self._need < 0 or len(data) < self._need:
            self._buffer = data
            return
        self._answered(data, b"\r\nconnection: close" in data[:end].lower())

    def _answered(self, data: bytes, closes: bool) -> None:
        fleet = self._fleet
        fleet.latencies.append(perf_counter() - self._due)
        fleet.outcomes[data[9:12].decode()] += 1
        self._waits, self._buffer, self._need = False, b"", -1
        if closes:
            self._transport.close()
            self._loop.create_task(connect(fleet))
            self._end()
        else:
            self._ask()

    def eof_received(self) -> None:
        self._lost("closed")

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost(type(exc).__name__ if exc else "closed")

    def _lost(self, reason: str) -> None:
        if self._ended:
            return
        if self._waits:
            self._fleet.outcomes[f"failed: {reason}"] += 1
        self._loop.create_task(connect(self._fleet))
        self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._fleet.open -= 1
            if self._fleet.left <= 0 and self._fleet.open == 0:
                self._fleet.done.set()


async def connect(fleet: Fleet) -> None:
    if fleet.left <= 0 and fleet.open > 0:
        return
    fleet.open += 1
    while True:
        try:
            await asyncio.get_running_loop().create_connection(lambda: Client(fleet), "127.0.0.1", fleet.port)
        except OSError as error:
            fleet.outcomes[f"failed: connect {type(error).__name__}"] += 1
            await asyncio.sleep(0.01)
        else:
            return


async def ask(port: int, connections: int, requests: int, rate: float, marks: int) -> dict[str, object]:
    fleet = Fleet(port, requests, rate, marks)
    await asyncio.gather(*(connect(fleet) for _ in range(connections)))
    await fleet.done.wait()
    seconds = perf_counter() - fleet.begun
    latencies = sorted(fleet.latencies)
    quantile = {f"p{q}": latencies[min(len(latencies) - 1, len(latencies) * q // 100)] for q in (50, 99)}
    return {"outcomes": dict(fleet.outcomes), "rate": sum(fleet.outcomes.values()) / seconds, **quantile}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("requests", type=int)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--marks", type=int, default=0, help="dots to print on the way")
    options = parser.parse_args()
    import uvloop

    found = uvloop.run(ask(options.port, options.connections, options.requests, options.rate, options.marks))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
