"""A worker's heart: the table in force, the clients, the pools, and a clock that ticks ten times a second."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, cast

from strangler_facade.plane.connections.client import Client, Plane
from strangler_facade.plane.connections.exchange import Exchange
from strangler_facade.plane.forward import trace_context
from strangler_facade.plane.identity import BridgeMaker, Identity
from strangler_facade.plane.lanes import Applied, Course
from strangler_facade.plane.limits import Settings
from strangler_facade.plane.mirror import Mirrors
from strangler_facade.plane.records.access import AccessLog
from strangler_facade.plane.records.capture import Capture
from strangler_facade.plane.records.metrics import Ledger
from strangler_facade.plane.spans import Spans
from strangler_facade.plane.upstreams.health import Prober, probe_pool
from strangler_facade.plane.upstreams.pool import Pool
from strangler_facade.table import RouteTable, Target

TICK = 0.1
_LATE = 1.0
"""A tick that comes so much later than the last: what came meanwhile is read before anybody is called too slow."""
_SWEEP_EVERY = 5


class Core(Plane):
    """Everything one worker holds."""

    def __init__(
        self,
        table: RouteTable,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        make_bridge: BridgeMaker | None = None,
    ) -> None:
        self.settings, self.loop = settings, loop
        self.ledger = Ledger()
        self.now = perf_counter()
        self.draining = False
        self.clients: set[Client] = set()
        self.log: AccessLog | None = None
        self.spans: Spans | None = None
        self.trace_context: Callable[[bytes | None], bytes] = trace_context
        self.mirrors = Mirrors(loop.call_later)
        self._make_bridge = make_bridge
        self.identity: Identity | None = None
        self._probers: dict[Target, Prober] = {}
        self._by_address: Counter[str] = Counter()
        self._pools: dict[Target, Pool] = {}
        self._ticks = 0
        self._timer: asyncio.TimerHandle | None = None
        self.applied = Applied(table, self._pool, self.ledger)

    # The table

    def apply(self, table: RouteTable) -> None:
        """Put a table in force for every request that begins from now on; pools of unchanged targets stay."""
        before = shares(self.applied.router.table)
        self.applied = Applied(table, self._pool, self.ledger)
        wanted = set(table.targets)
        for (route, name), percent in shares(table).items():
            if percent > before.get((route, name), 0):
                self.applied.pools[name].switch.trial()
        for target in [target for target in self._pools if target not in wanted]:
            self._pools.pop(target).close()
            if target in self._probers:
                self._probers.pop(target).close()
        self.mirrors.forget()

    def _pool(self, target: Target) -> Pool:
        pool = self._pools.get(target)
        if pool is None:
            pool = self._pools[target] = Pool(target, self.loop, perf_counter, self.settings.high_water)
            if target.health is not None:
                self._probers[target] = Prober(target.health, pool, probe_pool(pool))
        return pool

    def pools(self) -> list[Pool]:
        """The pools of the targets in force."""
        return list(self._pools.values())

    def identify(self, config: Mapping[str, Any]) -> None:
        """Verify sessions from now on as ``config`` says."""
        if self._make_bridge is not None:
            self.identity = Identity(self._make_bridge(config))

    def trace(self, spans: Spans) -> None:
        """Make a span of every sampled request, for clients that connect from now on."""
        self.spans, self.trace_context = spans, spans.context

    def gauges(self) -> dict[str, float]:
        """What goes up and down."""
        active = sum(client.exchange is not None for client in self.clients)
        upstream = sum(pool.open for pool in self._pools.values())
        return {
            "client_connections": len(self.clients),
            "active_requests": active,
            "target_connections": upstream,
            "refused_messages": self.ledger.refused,
            "access_log_lost": self.log.lost if self.log else 0,
            "spans_lost": self.spans.lost if self.spans else 0,
            **self.mirrors.counts,
        }

    # Clients

    def client(self) -> asyncio.Protocol:
        """A protocol for a new connection."""
        return cast(asyncio.Protocol, Client(self))

    def opened(self, client: Client) -> bool:
        """A client has connected; whether it may stay."""
        self.clients.add(client)
        client.keeps = not self.draining
        self._by_address[client.address] += 1
        few = self._by_address[client.address] <= self.settings.connections_per_address
        return few and len(self.clients) <= self.settings.connections

    def closed(self, client: Client) -> None:
        """A client's connection has ended."""
        self.clients.discard(client)
        self._by_address[client.address] -= 1
        if not self._by_address[client.address]:
            del self._by_address[client.address]

    def capture(self, course: Course, method: bytes) -> Capture | None:
        """Where an exchange is copied to for a mirror, if it is."""
        return self.mirrors.capture(course, method)

    def exchanged(self, exchange: Exchange) -> None:
        """A request has ended, one way or the other."""
        if exchange.capture is not None:
            self.mirrors.submit(exchange)
        if self.log is not None:
            self.log.add(entry(exchange))
        if self.spans is not None:
            self.spans.ended(exchange)
        if exchange.applied.counts_tenants:
            tenant = exchange.applied.router.tenant_of(exchange)
            self.ledger.usage.count(tenant, exchange.course.route.service, exchange.status)

    def refused(self, client: Client, status: int, reason: str) -> None:
        """A message was refused before it was a request."""
        self.ledger.refused += 1

    # Time

    def start(self) -> None:
        """Let the clock tick."""
        self._tick()

    def stop(self) -> None:
        """End every connection and the clock."""
        if self._timer is not None:
            self._timer.cancel()
        for client in list(self.clients):
            client.cut(framed=False)
        for pool in self._pools.values():
            pool.close(at_once=True)
        for prober in self._probers.values():
            prober.close()

    def _tick(self) -> None:
        self._timer = self.loop.call_later(TICK, self._tick)
        now = perf_counter()
        in_time, self.now = now - self.now < _LATE, now
        self._ticks += 1
        self.applied.allowance.earned(self.ledger.requests(), self.now)
        self.flush()
        if in_time:
            self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        """Give up on what takes too long."""
        for prober in self._probers.values():
            prober.tick(self.now)
        if self._ticks % _SWEEP_EVERY == 0:
            for client in list(self.clients):
                client.tick(self.now)
            for pool in list(self._pools.values()):
                pool.sweep(self.now)
                pool.switch.sweep(self.now)

    def flush(self) -> None:
        """Write down and send what was gathered of ended requests."""
        if self.log is not None:
            self.log.flush()
        if self.spans is not None:
            self.spans.flush()

    def drain(self) -> None:
        """Take no further request on idle connections; the others close after their answer."""
        self.draining = True
        for client in list(self.clients):
            client.drain()


def shares(table: RouteTable) -> dict[tuple[str, str], float]:
    """What each target has of each route, in percent."""
    found: dict[tuple[str, str], float] = {}
    for route in table.routes:
        found[route.name, route.split.rest] = 100 - sum(share.percent for share in route.split.shares)
        for share in route.split.shares:
            found[route.name, share.target] = found.get((route.name, share.target), 0) + share.percent
    return found


def entry(exchange: Exchange) -> dict[str, Any]:
    """What the access log says of a request; never a cookie, a credential or a body."""
    head, course = exchange.head, exchange.course
    return {
        "client": exchange.address,
        "method": head.method.decode("latin-1"),
        "target": head.target.decode("latin-1"),
        "host": head.host.decode("latin-1"),
        "status": exchange.status,
        "received": exchange.bytes_in,
        "sent": exchange.bytes_out,
        "seconds": round(perf_counter() - exchange.begun, 6),
        "version": exchange.applied.version,
        "route": course.route.name,
        "served_by": exchange.lane.target.name,
        "fell_back": exchange.lane is not course.lane,
        "reason": exchange.reason,
        "bucket": exchange.applied.router.bucket_of(exchange),
        "trace": exchange.trace.decode("ascii")[3:35],
    }
