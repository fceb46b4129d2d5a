"""The connections to one target: last used, first taken, and a queue where there is none.

Who waits is bound to no attempt to connect: the first connection that is there, new or back, goes to who came first.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from math import ceil
from typing import Protocol, cast
from urllib.parse import urlsplit

from strangler_facade.plane.upstreams.breaker import Switch
from strangler_facade.plane.upstreams.connection import Connection, User
from strangler_facade.table import Target

_SLICE = 0.1
"""Seconds, the grain of the time that connecting may take."""


class Waiting(User, Protocol):
    """Someone who wants a connection."""

    def connected(self, connection: Connection) -> None:
        """Here it is."""

    def refused(self, reason: str) -> None:
        """There will be none; nothing was sent."""


class Pool:
    """All connections of one worker to one target, kept over route changes as long as the target is the same."""

    def __init__(self, target: Target, loop: asyncio.AbstractEventLoop, clock: Callable[[], float], high: int) -> None:
        self.target = target
        self.switch = Switch(target.breaker, clock)
        self.idle: list[Connection] = []
        self._dials: set[asyncio.Task[None]] = set()
        self._waiting: deque[Waiting] = deque()
        self._all: set[Connection] = set()
        self._loop, self._clock, self._high = loop, clock, high
        self._closed = False
        self._now, self._most_idle = clock(), target.idle_connections
        parts = urlsplit(target.url)
        self.host, self.port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        self.base = parts.path.rstrip("/").encode()
        self.authority = parts.netloc.rpartition("@")[2].encode()
        self._tls = _context(target) if parts.scheme == "https" else None

    def sibling(self, target: Target) -> Pool:
        """A pool of its own for ``target``, on the same loop and clock."""
        return Pool(target, self._loop, self._clock, self._high)

    @property
    def open(self) -> int:
        """How many connections there are, in use or not."""
        return len(self._all) + len(self._dials)

    @property
    def busy(self) -> int:
        """How many connections are in use."""
        return len(self._all) - len(self.idle)

    def acquire(self, user: Waiting, fresh: bool) -> None:
        """Give ``user`` a connection now or later; with ``fresh`` one that is certainly not ending."""
        idle = self.idle
        while idle:
            connection = idle.pop()
            if fresh and not connection.quiet():
                connection.transport.abort()
                continue
            connection.used += 1
            connection.user = user
            user.connected(connection)
            return
        self.renew(user)

    def renew(self, user: Waiting) -> None:
        """Give ``user`` a new connection, or one on which an answer has just ended: whichever is there first."""
        if len(self._waiting) >= self.target.connections + len(self._dials):
            user.refused("too many requests wait for it")
            return
        self._waiting.append(user)
        if self.open < self.target.connections:
            self._dial()

    def release(self, connection: Connection) -> None:
        """Take back a connection on which a request has ended cleanly."""
        connection.user = None
        if connection.gone:
            return
        if connection.held:
            connection.let()
        if self._waiting:
            connection.used += 1
            self._serve(connection)
            return
        if self._closed or len(self.idle) >= self._most_idle:
            connection.transport.close()
            return
        connection.idle_since = self._now
        self.idle.append(connection)

    def discard(self, connection: Connection) -> None:
        """Close a connection that cannot be used again."""
        connection.user = None
        connection.transport.abort()

    def forget(self, user: Waiting) -> None:
        """Take someone out of the queue."""
        if user in self._waiting:
            self._waiting.remove(user)

    def lost(self, connection: Connection) -> None:
        """A connection has ended, by whomever."""
        self._all.discard(connection)
        if connection in self.idle:
            self.idle.remove(connection)
        self._dial_for_the_rest()

    def sweep(self, now: float) -> None:
        """Close what has been idle too long; the oldest are at the beginning."""
        self._now = now
        limit = now - self.target.keep_idle
        while self.idle and self.idle[0].idle_since < limit:
            self.idle.pop(0).transport.close()

    def close(self, at_once: bool = False) -> None:
        """Close idle connections now, the others when nobody waits for them any more (or now too)."""
        self._closed = True
        if at_once:
            self._waiting.clear()
        for connection in list(self._all) if at_once else self.idle[:]:
            connection.transport.close()
        self.idle.clear()
        if at_once:
            for dial in self._dials:
                dial.cancel()

    def _serve(self, connection: Connection) -> None:
        connection.user = user = self._waiting.popleft()
        user.connected(connection)

    def _dial(self) -> None:
        dial = self._loop.create_task(self._open())
        self._dials.add(dial)

    def _dial_for_the_rest(self) -> None:
        """Those who wait and for whom nobody dials get their turn where there is room."""
        if len(self._waiting) > len(self._dials) and self.open < self.target.connections:
            self._dial()

    async def _open(self) -> None:
        """Dial; whoever has waited longest gets the connection, or hears that there is none."""
        refusal = ""
        try:
            connection = await self._connected()
            if connection.gone:
                raise ConnectionResetError("the target closed it")
        except (OSError, TimeoutError, ssl.SSLError) as error:
            refusal = f"no connection: {error}" if str(error) else "no connection in time"
        finally:
            self._dials.discard(cast("asyncio.Task[None]", asyncio.current_task()))
        if refusal:
            self.switch.failed()
            if len(self._waiting) > len(self._dials):
                self._waiting.popleft().refused(refusal)
            self._dial_for_the_rest()
            return
        connection.transport.set_write_buffer_limits(high=self._high)
        self._all.add(connection)
        if self._waiting:
            self._serve(connection)
        else:
            self.release(connection)

    async def _connected(self) -> Connection:
        """Connect in time, which is counted in slices: a process that the machine gave no time has not waited."""
        connection = Connection(self)
        dial = self._loop.create_task(
            self._loop.create_connection(
                lambda: cast(asyncio.Protocol, connection),
                self.host,
                self.port,
                ssl=self._tls,
                server_hostname=self.host if self._tls else None,
            )
        )
        try:
            for _ in range(ceil(self.target.connect_timeout / _SLICE)):
                if (await asyncio.wait((dial,), timeout=min(_SLICE, self.target.connect_timeout)))[0]:
                    dial.result()
                    return connection
        except asyncio.CancelledError:
            if dial.done() and not dial.cancelled() and dial.exception() is None:
                connection.transport.abort()
            raise
        finally:
            dial.cancel()
        raise TimeoutError


def _context(target: Target) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=target.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if target.certificate:
        context.load_cert_chain(target.certificate, target.certificate_key)
    return context
