"""Wakes those who wait for a change; rung from any thread, heard on the server's loop."""

from __future__ import annotations

import asyncio

# Other replicas cannot ring here: whoever waits looks by itself this often.
PATIENCE = 1.0


class Bell:
    """Take ``next`` before looking, then ``wait``: a change between the two is not missed."""

    def __init__(self) -> None:
        """Belongs to the loop that first waits."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._heard: asyncio.Event = asyncio.Event()

    def next(self) -> asyncio.Event:
        """What the next ring will set."""
        self._loop = asyncio.get_running_loop()
        return self._heard

    async def wait(self, heard: asyncio.Event, patience: float = PATIENCE) -> bool:
        """Until it rings; False if it did not for ``patience`` seconds."""
        try:
            await asyncio.wait_for(heard.wait(), patience)
        except TimeoutError:
            return False
        return True

    def ring(self) -> None:
        """Wake everybody who waits."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._swing)

    def _swing(self) -> None:
        heard, self._heard = self._heard, asyncio.Event()
        heard.set()
