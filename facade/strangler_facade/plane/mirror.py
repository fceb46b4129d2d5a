"""Mirrored requests: what a worker has to do with them, which is to hand over an order once the client is answered.

The shadow process (``strangler_facade.shadow``) asks and compares. What cannot be handed over at once is counted and
dropped; the client's request never waits.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from random import Random

from strangler_facade.orders import Order, Terms, packed, written
from strangler_facade.plane.codecs.heads import CHUNKED
from strangler_facade.plane.connections.exchange import Exchange
from strangler_facade.plane.lanes import Course, Lane
from strangler_facade.plane.records.capture import Capture
from strangler_facade.table import Mirror

_PAUSE = 0.01
"""How long orders gather: a timer and a write for each would cost a worker more than making them."""
_BREATH = 0.001
_AT_ONCE = 8
_MOST_WAITING = 256
_MOST_BYTES_WAITING = 8 * 1024 * 1024
_MARK = b"X-Strangler-Shadow: 1\r\n"


class Mirrors:
    """All that one worker mirrors; ``send`` takes a packed order and says whether it could be taken."""

    def __init__(
        self,
        later: Callable[[float, Callable[[], None]], object],
        send: Callable[[bytes], bool] = lambda order: False,
    ) -> None:
        self._later, self.send = later, send
        self._queue: deque[tuple[Exchange, Capture, Mirror]] = deque()
        self._bytes = 0
        self._ways: dict[Course, tuple[bytes, Lane]] = {}
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
        elif len(self._queue) >= _MOST_WAITING or self._bytes + capture.size > _MOST_BYTES_WAITING:
            self.counts["shadow_dropped"] += 1
        else:
            if not self._queue:
                self._later(_PAUSE, self._pump)
            self._bytes += capture.size
            self._queue.append((exchange, capture, mirror))

    def _pump(self) -> None:
        """Hand over some of what waits: after the customers' answers have left, a little at a time."""
        for _ in range(min(len(self._queue), _AT_ONCE)):
            exchange, capture, mirror = self._queue.popleft()
            self._bytes -= capture.size
            sent = self.send(packed(self._order(exchange, capture, mirror)))
            self.counts["shadow_handed_over" if sent else "shadow_unsent"] += 1
        if self._queue:
            self._later(_BREATH, self._pump)

    def _order(self, exchange: Exchange, capture: Capture, mirror: Mirror) -> Order:
        terms, lane = self._ways.get(exchange.course) or self._way(exchange, mirror)
        again = exchange.course.repeatable(exchange.method, False)
        body = b"".join(capture.body)
        return Order(
            terms=terms,
            method=exchange.method,
            path=exchange.head.target,
            block=_stripped(exchange.block(lane, _MARK), mirror.strip) + body,
            again=_stripped(exchange.block(exchange.lane, _MARK), mirror.strip) + body if again else b"",
            lines=capture.lines,
            body=b"".join(capture.answer),
            status=capture.status,
            seconds=capture.seconds,
            truncated=capture.truncated,
            chunked=capture.length == CHUNKED,
            twice=again and self._random.random() * 100 < mirror.noise,
        )

    def _way(self, exchange: Exchange, mirror: Mirror) -> tuple[bytes, Lane]:
        """The terms of a route's orders, and the lane to its mirror."""
        applied, route = exchange.applied, exchange.course.route
        shadow = applied.router.targets[mirror.target]
        terms = Terms(route.name, exchange.lane.target, shadow, mirror.cap, mirror.concurrency, mirror.timeout)
        way = self._ways[exchange.course] = written(terms), applied.lane(route, shadow)
        return way

    def forget(self) -> None:
        """Another table is in force: the routes of the last one are no more."""
        self._ways.clear()


def _stripped(block: bytes, names: tuple[str, ...]) -> bytes:
    if not names:
        return block
    unwanted = tuple(name.lower().encode() + b":" for name in names)
    return b"\r\n".join(line for line in block.split(b"\r\n") if not line.lower().startswith(unwanted))
