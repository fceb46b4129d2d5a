"""One connection to a target. It knows bytes and its user, not HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
from typing import Protocol, cast

_MOST_AT_ONCE = 256 * 1024


class User(Protocol):
    """Who a connection works for at the moment."""

    def answered(self, data: bytes) -> None:
        """Bytes have come from the target."""

    def upstream_gone(self, reason: str, clean: bool) -> None:
        """The connection has ended, ``clean`` if the target closed it in order; nothing more comes from it."""

    def upstream_ended(self) -> bool:
        """The target has sent all it will; whether the connection should stay open for our bytes."""

    def upstream_full(self, full: bool) -> None:
        """The target takes no more bytes for now (or does again)."""


class Owner(Protocol):
    """Where a connection belongs when nobody uses it."""

    def lost(self, connection: Connection) -> None:
        """The connection is closed."""


class Connection:
    """A connection, in use by one ``user`` or idle in its pool, until it is ``gone``.

    An ``asyncio.Protocol`` in all but name.
    """

    __slots__ = ("gone", "held", "idle_since", "owner", "transport", "used", "user")

    transport: asyncio.Transport

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.user: User | None = None
        self.idle_since = 0.0
        self.used = 0
        self.held = self.gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the user; bytes nobody asked for end the connection."""
        if self.user is not None:
            self.user.answered(data)
        else:
            self.transport.abort()

    def eof_received(self) -> bool:
        """The target has finished sending."""
        return self.user is not None and self.user.upstream_ended()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, with or without an error."""
        self.gone = True
        self.owner.lost(self)
        if exc is not None:
            self._hear_out()
        user, self.user = self.user, None
        if user is not None:
            user.upstream_gone("reset" if exc else "closed", exc is None)

    def _hear_out(self) -> None:
        """Read what the kernel still holds: after an early answer and a close it is our next write that fails first."""
        if self.transport.get_extra_info("ssl_object") is not None:
            return
        with contextlib.suppress(OSError):
            descriptor = self.transport.get_extra_info("socket").fileno()
            while self.user is not None and (data := os.read(descriptor, _MOST_AT_ONCE)):
                self.user.answered(data)

    def pause_writing(self) -> None:
        """The target is slower than the client."""
        if self.user is not None:
            self.user.upstream_full(True)

    def resume_writing(self) -> None:
        """The target takes bytes again."""
        if self.user is not None:
            self.user.upstream_full(False)

    def hold(self) -> None:
        """Do not read from the target: the client is slower."""
        if not self.gone:
            self.held = True
            self.transport.pause_reading()

    def let(self) -> None:
        """Read from the target again."""
        if self.held:
            self.held = False
            self.transport.resume_reading()

    def quiet(self) -> bool:
        """Whether the kernel holds nothing for us, neither bytes nor the end: asked before what must go out once."""
        socket = self.transport.get_extra_info("socket")
        poll = select.poll()
        poll.register(socket.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0)
