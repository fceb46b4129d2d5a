"""The worker's end of the channel: tables in, figures out; a lost connection changes nothing for the clients."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from strangler.errors import StranglerError
from strangler_facade.channel import (
    AppliedMessage,
    ChannelError,
    Decoder,
    HelloMessage,
    MetricsMessage,
    RefusedMessage,
    encode,
)
from strangler_facade.plane.records.metrics import Ledger
from strangler_facade.plane.upstreams.pool import Pool
from strangler_facade.serialize import from_json
from strangler_facade.table import RouteTable

_EVERY = 0.1
_USAGE_EVERY = 1.0
_RETRY = 0.2
_LAST_WORDS = 2.0


class Worker(Protocol):
    """The worker, as its link to the control plane sees it."""

    ledger: Ledger
    loop: asyncio.AbstractEventLoop

    def apply(self, table: RouteTable) -> None:
        """Put a table in force."""

    def identify(self, config: Mapping[str, Any]) -> None:
        """Verify sessions from now on as ``config`` says."""

    def pools(self) -> list[Pool]:
        """The pools of the targets in force."""

    def gauges(self) -> dict[str, float]:
        """What goes up and down."""


class Link(asyncio.Protocol):
    """A connection to the control plane that is made again when it is lost."""

    def __init__(self, worker: Worker, path: str, number: int, leave: Callable[[], None]) -> None:
        self._worker, self._path, self._number, self._leave = worker, path, number, leave
        self._decoder = Decoder()
        self._transport: asyncio.WriteTransport | None = None
        self._version = 0
        self._told = -1
        self._task: asyncio.Task[None] | None = None
        self._heard = asyncio.Event()
        self.ready = asyncio.Event()
        self.drain_seconds = 30.0

    async def connect(self) -> None:
        """Connect, and go on trying for as long as it takes."""
        while True:
            try:
                await self._worker.loop.create_unix_connection(lambda: self, self._path)
            except OSError:
                await asyncio.sleep(_RETRY)
            else:
                return

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The control plane is there."""
        self._transport, self._decoder, self._told = cast(asyncio.WriteTransport, transport), Decoder(), -1
        self.send(HelloMessage(type="hello", pid=os.getpid(), worker=self._number))
        self._worker.loop.call_later(_EVERY, self._report, transport)
        self._worker.loop.call_later(_USAGE_EVERY, self._tell_usage, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The control plane is gone; it will be back."""
        self._transport = None
        self._task = self._worker.loop.create_task(self.connect())

    def data_received(self, data: bytes) -> None:
        """Messages, whole or in part."""
        try:
            for message in self._decoder.feed(data):
                self._take(message)
        except ChannelError:
            if self._transport is not None:
                self._transport.close()

    def eof_received(self) -> bool:
        """The control plane has closed."""
        return False

    def _take(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "table":
            self._apply(int(message["version"]), message["table"])
        elif message["type"] == "identity":
            self._worker.identify(message["config"])
        elif message["type"] == "confirmed":
            self._worker.ledger.usage.confirmed(int(message["number"]))
            self._heard.set()
        elif message["type"] == "drain":
            self.drain_seconds = float(message.get("seconds", self.drain_seconds))
            self._leave()

    def _apply(self, version: int, document: Mapping[str, Any]) -> None:
        try:
            self._worker.apply(from_json(document))
        except StranglerError as error:
            self.send(RefusedMessage(type="refused", version=version, reason=error.message))
            return
        self._version = version
        self.ready.set()
        self.send(AppliedMessage(type="applied", version=version))

    def send(self, message: Mapping[str, Any]) -> bool:
        """Send a message; ``False`` if nobody listens or too much waits."""
        transport = self._transport
        if transport is None or transport.get_write_buffer_size() > 8 * 1024 * 1024:
            return False
        transport.write(encode(message))
        return True

    def _tell_usage(self, transport: asyncio.BaseTransport) -> None:
        """Send what tenants have used; what was not confirmed goes again, as it may never have arrived."""
        if transport is not self._transport:
            return
        self._worker.loop.call_later(_USAGE_EVERY, self._tell_usage, transport)
        self._send_usage()

    def _send_usage(self) -> None:
        batch = self._worker.ledger.usage.batch()
        if batch is not None:
            self.send(batch)

    async def last_words(self) -> None:
        """Tell the usage that is still untold; a control plane that does not confirm it is not waited for long."""
        usage = self._worker.ledger.usage
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                while not usage.is_told and self._transport is not None:
                    self._heard.clear()
                    self._send_usage()
                    await self._heard.wait()

    def _report(self, transport: asyncio.BaseTransport) -> None:
        """Send the figures if there are new ones."""
        if transport is not self._transport:
            return
        self._worker.loop.call_later(_EVERY, self._report, transport)
        ledger, pools = self._worker.ledger, self._worker.pools()
        count = ledger.requests() + sum(pool.switch.changes for pool in pools)
        if count == self._told:
            return
        self._told = count
        self.send(
            MetricsMessage(
                type="metrics",
                worker=self._number,
                pid=os.getpid(),
                version=self._version,
                tallies=ledger.records(),
                breakers={pool.target.name: pool.switch.state for pool in pools},
                healthy={pool.target.name: pool.switch.healthy for pool in pools},
                gauges=self._worker.gauges(),
            )
        )
