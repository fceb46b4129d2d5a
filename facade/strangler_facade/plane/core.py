"""A worker's heart: the table in force, the clients, the pools, and a clock that ticks ten times a second."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from time import monotonic
from typing import Any

from strangler_facade.match import Request
from strangler_facade.plane.codecs.heads import RequestHead
from strangler_facade.plane.connections.client import Client
from strangler_facade.plane.connections.exchange import Exchange
from strangler_facade.plane.lanes import Applied
from strangler_facade.plane.records.metrics import Ledger
from strangler_facade.plane.settings import Settings
from strangler_facade.plane.upstreams.pool import Pool
from strangler_facade.table import RouteTable, Target

TICK = 0.1
_SWEEP_EVERY = 5


class Core:
    """Everything one worker holds; it satisfies ``connections.client.Plane``."""

    def __init__(self, table: RouteTable, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self.settings, self.loop = settings, loop
        self.ledger = Ledger()
        self.now = monotonic()
        self.draining = False
        self.clients: set[Client] = set()
        self._by_address: Counter[str] = Counter()
        self._pools: dict[Target, Pool] = {}
        self._ticks = 0
        self._timer: asyncio.TimerHandle | None = None
        self.applied = Applied(table, self._pool, self.ledger)

    # The table

    def apply(self, table: RouteTable) -> None:
        """Put a table in force for every request that begins from now on; pools of unchanged targets stay."""
        self.applied = Applied(table, self._pool, self.ledger)
        wanted = set(table.targets)
        for target in [target for target in self._pools if target not in wanted]:
            self._pools.pop(target).close()

    def _pool(self, target: Target) -> Pool:
        pool = self._pools.get(target)
        if pool is None:
            pool = self._pools[target] = Pool(target, self.loop, monotonic, self.settings.high_water)
        return pool

    def pools(self) -> list[Pool]:
        """The pools of the targets in force."""
        return list(self._pools.values())

    def identify(self, config: Mapping[str, Any]) -> None:
        """Verify sessions from now on as ``config`` says."""

    def gauges(self) -> dict[str, float]:
        """What goes up and down."""
        active = sum(client.exchange is not None for client in self.clients)
        upstream = sum(pool.open for pool in self._pools.values())
        return {"client_connections": len(self.clients), "active_requests": active, "target_connections": upstream}

    # Clients

    def client(self) -> Client:
        """A protocol for a new connection."""
        return Client(self)

    def opened(self, client: Client) -> bool:
        """A client has connected; whether it may stay."""
        self.clients.add(client)
        self._by_address[client.address] += 1
        few = self._by_address[client.address] <= self.settings.connections_per_address
        return few and len(self.clients) <= self.settings.connections

    def closed(self, client: Client) -> None:
        """A client's connection has ended."""
        self.clients.discard(client)
        self._by_address[client.address] -= 1
        if not self._by_address[client.address]:
            del self._by_address[client.address]

    def prepare(self, head: RequestHead, request: Request) -> RequestHead:
        """Add what sessions tell: claims to the request, lines for the target."""
        return head

    def exchanged(self, exchange: Exchange) -> None:
        """A request has ended, one way or the other."""

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

    def _tick(self) -> None:
        self._timer = self.loop.call_later(TICK, self._tick)
        self.now = monotonic()
        self._ticks += 1
        self.applied.allowance.earned(self.ledger.requests(), self.now)
        if self._ticks % _SWEEP_EVERY == 0:
            for client in list(self.clients):
                client.tick(self.now)
            for pool in list(self._pools.values()):
                pool.sweep(self.now)
                pool.switch.sweep(self.now)

    def drain(self) -> None:
        """Take no further request on idle connections; the others close after their answer."""
        self.draining = True
        for client in list(self.clients):
            client.drain()
