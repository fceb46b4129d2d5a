"""Unsafe requests that reach a server twice while the service fails in every way: the limit is none.

A service of ours injects one fault in each request: cut at a random byte (of the request read or the answer
written), reset, hang, answer in one-byte segments, answer twice, lie about the length, close after the answer.
Every request has a number of its own; service and monolith note each number they see, complete or not. A third are
GET (may be repeated), a third POST with an Idempotency-Key (may), a third POST without one (may not, once a byte
was sent).

    python benchmarks/bench_facade_faults.py [--faults 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import socket
import struct
import sys
import tempfile
from collections import Counter
from pathlib import Path

import facade_rig as rig
from figures import Figure, report, status

NUMBER = re.compile(rb"/api/v1/invoices/(\d+)")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n\r\n" + b"0123456789" * 4
WHOLE = {"": b"", "none": b"", "close": b"", "twice": ANSWER, "lie": b"and more"}
FAULTS = (
    "none",
    "refuse",
    "cut request",
    "reset",
    "cut answer",
    "reset answer",
    "hang",
    "trickle",
    "twice",
    "lie",
    "close",
)


class Server(asyncio.Protocol):
    """One connection to a server that notes what it sees, and misbehaves if it is the service."""

    def __init__(self, seen: Counter[int], chance: random.Random | None, injected: Counter[str]) -> None:
        self._seen, self._chance, self._injected = seen, chance, injected
        self._buffer, self._fault, self._limit = b"", "", -1
        self._noted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        if self._chance is not None:
            self._begin()

    def _begin(self) -> None:
        chance = self._chance
        assert chance is not None
        self._fault = chance.choices(FAULTS, (2, 1, 3, 3, 4, 3, 0.01, 0.5, 2, 2, 2))[0]
        self._limit = chance.randrange(1, 1400) if self._fault == "cut request" else -1
        if self._fault == "refuse":
            self._done_with("refuse")
            self._reset()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        found = NUMBER.search(self._buffer)
        if found and not self._noted and self._buffer[found.end() : found.end() + 1]:
            self._noted = True
            self._seen[int(found[1])] += 1
        if 0 <= self._limit <= len(self._buffer):
            self._done_with(self._fault)
            self._reset()
            return
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(self._buffer[: end + 2])
        if len(self._buffer) >= end + 4 + (int(length[1]) if length else 0):
            self._buffer, self._noted = b"", False
            self._answer()

    def _done_with(self, fault: str) -> None:
        self._injected[fault] += 1

    def _answer(self) -> None:
        fault, transport = self._fault, self._transport
        self._done_with(fault or "none")
        if fault in WHOLE:
            transport.write(ANSWER + WHOLE[fault])  # type: ignore[attr-defined]
            if fault == "close":
                transport.close()
        elif fault in ("cut answer", "reset answer"):
            self._cut(fault)
        elif fault == "trickle":
            asyncio.get_running_loop().create_task(self._trickle())
            return
        elif fault != "hang":
            self._reset()
        if self._chance is not None and fault in ("none", "twice", "lie"):
            self._begin()

    def _cut(self, fault: str) -> None:
        assert self._chance is not None
        self._transport.write(ANSWER[: self._chance.randrange(len(ANSWER))])  # type: ignore[attr-defined]
        if fault == "cut answer":
            self._transport.close()
        else:
            self._reset()

    async def _trickle(self) -> None:
        for byte in ANSWER:
            self._transport.write(bytes([byte]))  # type: ignore[attr-defined]
            await asyncio.sleep(0)
        self._transport.close()

    def _reset(self) -> None:
        sock = self._transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()  # type: ignore[attr-defined]


def message(number: int) -> bytes:
    head = b"%b /api/v1/invoices/%d HTTP/1.1\r\nHost: a\r\nCookie: sid=%d\r\n"
    if number % 3 == 0:
        return head % (b"GET", number, number) + b"\r\n"
    key = b"Idempotency-Key: k%d\r\n" % number if number % 3 == 1 else b""
    return head % (b"POST", number, number) + key + b"Content-Length: 1000\r\n\r\n" + b"x" * 1000


async def client(port: int, numbers: list[int], outcomes: Counter[str]) -> None:
    """Ask with one number after the other, on a new connection whenever the last one has ended."""
    reader = writer = None
    while numbers:
        number = numbers.pop()
        if writer is None or writer.is_closing() or reader.at_eof():
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(message(number))
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(LENGTH.search(head)[1]))  # type: ignore[index]
            unsure = b"\r\nX-Strangler-Indeterminate: 1\r\n" in head
            outcomes[head[9:12].decode() + (" indeterminate" if unsure else "")] += 1
            if b"\r\nConnection: close\r\n" in head:
                writer.close()
        except (asyncio.IncompleteReadError, ConnectionError):
            outcomes["broken off"] += 1
            writer.close()


async def inject(folder: Path, faults: int) -> None:
    loop = asyncio.get_running_loop()
    at_service, at_monolith, injected, outcomes = Counter[int](), Counter[int](), Counter[str](), Counter[str]()
    chance, nothing = random.Random(7), Counter[str]()
    service = await loop.create_server(lambda: Server(at_service, chance, injected), "127.0.0.1", 0, backlog=4096)
    monolith = await loop.create_server(lambda: Server(at_monolith, None, nothing), "127.0.0.1", 0, backlog=4096)
    ports = [server.sockets[0].getsockname()[1] for server in (monolith, service)]
    document = rig.table(*ports, percent=100)
    document["budget"] = {"percent": 100, "minimum": 1000}
    target = document["targets"][1]  # type: ignore[index]
    target |= {"breaker": {"consecutive": 10**9, "minimum": 10**9}, "answer_timeout": 1.0, "idle_timeout": 1.0}
    with rig.facade(folder, document) as (port, _):
        rounds = 0
        while sum(injected.values()) - injected["none"] < faults:
            rounds += 1
            step = min(10_000, faults)
            numbers = list(range(rounds * 1_000_000, rounds * 1_000_000 + step))
            await asyncio.gather(*(client(port, numbers, outcomes) for _ in range(32)))
    told(injected, outcomes, at_service, at_monolith)


def told(injected: Counter[str], outcomes: Counter[str], at_service: Counter[int], at_monolith: Counter[int]) -> None:
    everywhere = at_service + at_monolith
    twice = [number for number, count in everywhere.items() if number % 3 == 2 and count > 1]
    often = [number for number, count in at_monolith.items() if count > 1]
    total = sum(injected.values()) - injected["none"]
    print(f"  faults: {dict(injected.most_common())}")
    print(f"  answers: {dict(outcomes.most_common())}")
    report(
        Figure("facade", f"unsafe requests delivered twice in {total:,} faults", len(twice), target=0),
        Figure("facade", f"requests the monolith got twice in {total:,} faults", len(often), target=0),
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--faults", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(inject(Path(folder), options.faults))


if __name__ == "__main__":
    main()
    sys.exit(status())
