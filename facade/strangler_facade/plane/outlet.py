"""The socket mirrored requests leave by, for the shadow process: bytes go out at once or not at all."""

from __future__ import annotations

import asyncio
from typing import cast

_RETRY = 0.5
_MOST_WAITING = 8 * 1024 * 1024


class Outlet(asyncio.Protocol):
    """Sends to whoever listens at ``path``; while nobody does, or not fast enough, what is sent is dropped."""

    def __init__(self, path: str, loop: asyncio.AbstractEventLoop) -> None:
        self._path, self._loop = path, loop
        self._transport: asyncio.WriteTransport | None = None
        self._closed = False
        self._task = loop.create_task(self._connect())

    async def _connect(self) -> None:
        while True:
            try:
                await self._loop.create_unix_connection(lambda: self, self._path)
            except OSError:
                await asyncio.sleep(_RETRY)
            else:
                return

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody listens."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody listens any more."""
        self._transport = None
        if not self._closed:
            self._task = self._loop.create_task(self._connect())

    def send(self, data: bytes) -> bool:
        """Send some bytes, whole; ``False`` if nobody listens or too much waits."""
        transport = self._transport
        if transport is None or transport.get_write_buffer_size() > _MOST_WAITING:
            return False
        transport.write(data)
        return True

    def close(self) -> None:
        """Send no more."""
        self._closed = True
        self._task.cancel()
        if self._transport is not None:
            self._transport.close()
