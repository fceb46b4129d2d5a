"""Asks again what workers have answered: an order goes to the shadowed target, and now and then to the primary too.

Where the answers differ so that it would count, the primary is asked after the mirror has answered (``doubts``): what
others changed between the client's request and its copy is no difference of the service.

Bounded in number, bytes and time. A target that hangs, floods or lies costs this process a connection and no more.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from strangler_facade.orders import Order, Terms, terms_of
from strangler_facade.plane.codecs.chunks import Chunks
from strangler_facade.plane.codecs.refusal import Refusal
from strangler_facade.plane.upstreams.errand import Errand
from strangler_facade.plane.upstreams.pool import Pool
from strangler_facade.shadow.compare import Side
from strangler_facade.shadow.findings import Record
from strangler_facade.table import Target

TICK = 0.1
_HIGH_WATER = 256 * 1024
_MOST_WAITING = 256
_MOST_BYTES_WAITING = 16 * 1024 * 1024
_LOOKS_A_SECOND = 10.0
"""How many second looks the primary is asked for at most; differences beyond stand as they are."""


class Repeats:
    """All orders that are under way; ``done`` is called with the record of each that has ended.

    ``doubts`` says whether the primary is to be asked before that, because of what the record shows.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        done: Callable[[Record], None],
        doubts: Callable[[Record], bool] = lambda record: False,
    ) -> None:
        self._loop, self._done, self._doubts = loop, done, doubts
        self._looks = _LOOKS_A_SECOND
        self._pools: dict[Target, Pool] = {}
        self._under_way: set[_Pair] = set()
        self._waiting: deque[tuple[Order, Terms, int]] = deque()
        self._bytes_waiting = 0
        self._timer: asyncio.TimerHandle | None = None
        self.counts: Counter[str] = Counter()

    def start(self) -> None:
        """Let the clock tick."""
        self._timer = self._loop.call_later(TICK, self.start)
        self._looks = min(_LOOKS_A_SECOND, self._looks + _LOOKS_A_SECOND * TICK)
        for pair in [pair for pair in self._under_way if pair.waited_too_long()]:
            pair.give_up()
        now = perf_counter()
        for own, pool in list(self._pools.items()):
            pool.sweep(now)
            if not pool.open:
                del self._pools[own]

    def stop(self) -> None:
        """End everything at once."""
        if self._timer is not None:
            self._timer.cancel()
        for pool in self._pools.values():
            pool.close(at_once=True)
        self._pools.clear()

    def take(self, order: Order) -> None:
        """Carry an order out, now or when those before it have ended; one too many is dropped, and counted."""
        terms, size = terms_of(order.terms), len(order.block) + len(order.again) + len(order.body)
        if len(self._under_way) < terms.concurrency and not self._waiting:
            self._begin(order, terms)
        elif len(self._waiting) < _MOST_WAITING and self._bytes_waiting + size <= _MOST_BYTES_WAITING:
            self._bytes_waiting += size
            self._waiting.append((order, terms, size))
        else:
            self.counts["dropped"] += 1

    def _begin(self, order: Order, terms: Terms) -> None:
        self.counts["sent"] += 1
        pair = _Pair(order, terms, (self._pool(terms.shadow, terms), self._pool(terms.primary, terms)), self._ended)
        self._under_way.add(pair)
        pair.set_out()

    def _pool(self, target: Target, terms: Terms) -> Pool:
        """Connections for mirrored requests only."""
        few = replace(target, connections=terms.concurrency, idle_connections=terms.concurrency)
        own = replace(few, connect_timeout=terms.timeout)  # a machine that is full is no target that is gone
        pool = self._pools.get(own)
        if pool is None:
            pool = self._pools[own] = Pool(own, self._loop, perf_counter, _HIGH_WATER)
        return pool

    def _ended(self, pair: _Pair) -> None:
        record = pair.record()
        if record.second is None and pair.may_look and self._looks >= 1 and self._doubts(record):
            self._looks -= 1
            self.counts["second_looks"] += 1
            pair.look()
            return
        self._under_way.discard(pair)
        self._done(record)
        if self._waiting:
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        while self._waiting and len(self._under_way) < self._waiting[0][1].concurrency:
            order, terms, size = self._waiting.popleft()
            self._bytes_waiting -= size
            self._begin(order, terms)


class _Pair:
    """An order and the answers that are still to come.

    Its time is counted in ticks: a process that the machine gave no time for seconds has not waited for them.
    """

    def __init__(self, order: Order, terms: Terms, pools: tuple[Pool, Pool], done: Callable[[_Pair], None]) -> None:
        self._order, self._terms, self._done = order, terms, done
        shadow, self._primary = pools
        self._mirrored = self._errand(shadow, order.block)
        self._again = self._errand(self._primary, order.again) if order.twice else None
        self._second: Errand | None = None
        self._errands = [errand for errand in (self._again, self._mirrored) if errand is not None]
        self._begin()

    def _errand(self, pool: Pool, block: bytes) -> Errand:
        return Errand(pool, block, self._order.method == b"HEAD", self._terms.cap, self._answered)

    def _begin(self) -> None:
        self._missing = len(self._errands)
        self._ticks = round(self._terms.timeout / TICK) + 1

    def set_out(self) -> None:
        for errand in self._errands:
            errand.set_out()

    @property
    def may_look(self) -> bool:
        """Whether the primary may be asked once more."""
        return bool(self._order.again)

    def look(self) -> None:
        """Ask the primary now that the mirror has answered."""
        self._second = self._errand(self._primary, self._order.again)
        self._errands = [self._second]
        self._begin()
        self._second.set_out()

    def _answered(self, errand: Errand) -> None:
        self._missing -= 1
        if not self._missing:
            self._done(self)

    def waited_too_long(self) -> bool:
        """Count a tick; whether it was the last."""
        self._ticks -= 1
        return self._ticks <= 0

    def give_up(self) -> None:
        """What has not been answered by now has no answer."""
        for errand in self._errands:
            errand.give_up("no answer in time")

    def record(self) -> Record:
        order = self._order
        return Record(
            route=self._terms.route,
            method=order.method.decode("latin-1"),
            path=order.path.decode("latin-1"),
            primary=_given(order),
            mirrored=_answer(self._mirrored),
            again=_answer(self._again) if self._again is not None else None,
            second=_answer(self._second) if self._second is not None else None,
        )


def _given(order: Order) -> Side:
    """What the client was answered."""
    body, truncated = order.body, order.truncated
    if order.chunked:
        try:
            body = Chunks(plain=True).feed(body)[0]
        except Refusal:  # it passed the worker's own check: it can only be cut off
            truncated = True
    return Side(order.status, _pairs(order.lines), body, truncated, order.seconds)


def _answer(errand: Errand) -> Side:
    body = bytes(errand.body)
    return Side(errand.status, _pairs(errand.lines), body, errand.truncated, errand.seconds, errand.error)


def _pairs(lines: bytes) -> tuple[tuple[str, str], ...]:
    found = [line.partition(":") for line in lines.decode("latin-1").split("\r\n") if line]
    return tuple((name.lower(), value.strip(" \t")) for name, _, value in found)
