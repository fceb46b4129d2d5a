"""Mirrored requests: a copy goes to another target after the client has its answer, and both answers go to compare.

Bounded in number and bytes. What does not fit is counted and dropped; the client's request never waits.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from time import perf_counter
from typing import Any

from strangler_facade.plane.codecs.chunks import Chunks
from strangler_facade.plane.codecs.heads import CHUNKED
from strangler_facade.plane.connections.exchange import Exchange
from strangler_facade.plane.lanes import Course, Lane
from strangler_facade.plane.records.capture import Capture
from strangler_facade.plane.upstreams.errand import Errand
from strangler_facade.plane.upstreams.pool import Pool
from strangler_facade.table import Mirror, Target

_PAUSE = 0.001
_MARK = b"X-Strangler-Shadow: 1\r\n"


class Mirrors:
    """All that one worker mirrors; ``send`` takes a record and says whether it could be taken."""

    def __init__(
        self,
        pool_of: Callable[[Target], Pool],
        later: Callable[[float, Callable[[], None]], object],
        send: Callable[[Mapping[str, Any]], bool] = lambda record: False,
    ) -> None:
        self._pool_of, self._later, self.send = pool_of, later, send
        self._queue: deque[tuple[Exchange, Capture, Mirror]] = deque()
        self._pools: dict[tuple[Target, int], Pool] = {}
        self._under_way: set[_Pair] = set()
        self._random = Random()
        self.counts: Counter[str] = Counter()

    def capture(self, course: Course, method: bytes) -> Capture | None:
        """Where a request is to be copied to while it passes, or ``None`` if it is not mirrored."""
        mirror = course.mirror
        if mirror is None or course.safety == "unsafe" or method.decode("latin-1") not in mirror.methods:
            return None
        if self._random.random() * 100 >= mirror.percent:
            return None
        return Capture(mirror.cap)

    def submit(self, exchange: Exchange) -> None:
        """Mirror a request whose answer has gone out whole."""
        capture, mirror = exchange.capture, exchange.course.mirror
        if capture is None or mirror is None or not capture.status or exchange.lane is not exchange.course.lane:
            return
        if capture.too_large:
            self.counts["shadow_too_large"] += 1
        elif len(self._under_way) + len(self._queue) >= mirror.concurrency:
            self.counts["shadow_dropped"] += 1
        else:
            if not self._queue:
                self._later(_PAUSE, self._pump)
            self._queue.append((exchange, capture, mirror))

    def _pump(self) -> None:
        """Send some of what waits: after the customers' answers have left, a little at a time."""
        for _ in range(min(len(self._queue), 1 + len(self._queue) // 8)):
            self._begin(*self._queue.popleft())
        if self._queue:
            self._later(_PAUSE, self._pump)

    def _begin(self, exchange: Exchange, capture: Capture, mirror: Mirror) -> None:
        applied = exchange.applied
        lane = applied.lane(exchange.course.route, applied.router.targets[mirror.target])
        pair = _Pair(exchange, capture, mirror, self._ended)
        self._under_way.add(pair)
        self.counts["shadow_sent"] += 1
        again = self._random.random() * 100 < mirror.noise and exchange.course.repeatable(exchange.head.method, False)
        if again:
            pair.expect_again()
            self._errand(exchange, capture, mirror, exchange.lane, pair.again_done)
        self._errand(exchange, capture, mirror, lane, pair.mirrored_done)

    def _errand(
        self, exchange: Exchange, capture: Capture, mirror: Mirror, lane: Lane, done: Callable[[Errand], None]
    ) -> None:
        block = exchange.block(lane, _MARK)
        if mirror.strip:
            block = _stripped(block, mirror.strip)
        pool = self._pool(lane.target, mirror.concurrency)
        errand = Errand(pool, block + b"".join(capture.body), exchange.head.method == b"HEAD", mirror.cap, done)
        errand.set_out()

    def _pool(self, target: Target, connections: int) -> Pool:
        """Connections for mirrored requests only: they take none from the clients'."""
        pool = self._pools.get((target, connections))
        if pool is None:
            own = replace(target, connections=connections, idle_connections=connections)
            pool = self._pools[target, connections] = self._pool_of(own)
        return pool

    def _ended(self, pair: _Pair) -> None:
        self._under_way.discard(pair)
        if not self.send(pair.record()):
            self.counts["shadow_unsent"] += 1

    def tick(self, now: float) -> None:
        """Give up on what takes too long, close what is idle."""
        for pair in [pair for pair in self._under_way if now > pair.deadline]:
            pair.give_up()
        for pool in self._pools.values():
            pool.sweep(now)

    def close(self, targets: frozenset[Target] | None = None) -> None:
        """Close the pools of targets that are gone (``None``: all)."""
        names = {target.name: target.url for target in targets or ()}
        if targets is None:
            self._queue.clear()
        for own in [own for own in self._pools if names.get(own[0].name) != own[0].url]:
            self._pools.pop(own).close(at_once=targets is None)


class _Pair:
    """A mirrored request and the answers that are still to come."""

    def __init__(self, exchange: Exchange, capture: Capture, mirror: Mirror, done: Callable[[_Pair], None]) -> None:
        self._exchange, self._capture, self._mirror, self._done = exchange, capture, mirror, done
        self._mirrored: Errand | None = None
        self._again: Errand | None = None
        self._expects_again = False
        self._over = False
        self.deadline = perf_counter() + mirror.timeout

    def expect_again(self) -> None:
        self._expects_again = True

    def mirrored_done(self, errand: Errand) -> None:
        self._mirrored = errand
        self._check()

    def again_done(self, errand: Errand) -> None:
        self._again = errand
        self._check()

    def _check(self) -> None:
        if self._mirrored is not None and (self._again is not None or not self._expects_again) and not self._over:
            self._over = True
            self._done(self)

    def give_up(self) -> None:
        """What has not been answered by now has no answer."""
        self._over = True
        self._done(self)

    def record(self) -> dict[str, Any]:
        """The message for the comparing process (``channel.ShadowMessage``)."""
        exchange, capture = self._exchange, self._capture
        head = exchange.head
        return {
            "type": "shadow",
            "version": exchange.applied.version,
            "route": exchange.course.route.name,
            "primary_target": exchange.lane.target.name,
            "shadow_target": self._mirror.target,
            "method": head.method.decode("latin-1"),
            "path": head.target.decode("latin-1"),
            "request_headers": _pairs(head.lines),
            "primary": _side(capture.status, capture.lines, _body(capture), capture.truncated, capture.seconds, ""),
            "mirrored": _answer(self._mirrored),
            "again": _answer(self._again) if self._expects_again else None,
        }


def _body(capture: Capture) -> bytes:
    data = b"".join(capture.answer)
    if capture.length != CHUNKED:
        return data
    return Chunks(plain=True).feed(data)[0]


def _answer(errand: Errand | None) -> dict[str, Any]:
    if errand is None:
        return _side(0, b"", b"", False, 0.0, "no answer in time")
    return _side(errand.status, errand.lines, bytes(errand.body), errand.truncated, errand.seconds, errand.error)


def _side(status: int, lines: bytes, body: bytes, truncated: bool, seconds: float, error: str) -> dict[str, Any]:
    return {
        "status": status,
        "headers": _pairs(lines),
        "body": b64encode(body).decode("ascii"),
        "truncated": truncated,
        "seconds": seconds,
        "error": error,
    }


def _pairs(lines: bytes) -> list[tuple[str, str]]:
    found = [line.partition(":") for line in lines.decode("latin-1").split("\r\n") if line]
    return [(name.lower(), value.strip(" \t")) for name, _, value in found]


def _stripped(block: bytes, names: tuple[str, ...]) -> bytes:
    unwanted = tuple(name.lower().encode() + b":" for name in names)
    return b"\r\n".join(line for line in block.split(b"\r\n") if not line.lower().startswith(unwanted))
