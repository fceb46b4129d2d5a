"""One request of our own to a target: a probe, or a mirrored copy. Its answer is read, capped and handed over."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from strangler_facade.plane.codecs.accelerated import next_response
from strangler_facade.plane.codecs.chunks import Chunks
from strangler_facade.plane.codecs.heads import CHUNKED, LONGEST_HEAD, UNTIL_CLOSE
from strangler_facade.plane.codecs.refusal import Refusal
from strangler_facade.plane.upstreams.connection import Connection
from strangler_facade.plane.upstreams.pool import Pool


class Errand:
    """A request that is sent once; ``done`` is called once, with the errand, when it has ended in any way.

    ``status`` 0 means there was no answer, ``error`` says why. ``body`` holds at most ``cap`` bytes.
    """

    def __init__(self, pool: Pool, block: bytes, head_only: bool, cap: int, done: Callable[[Errand], None]) -> None:
        self._pool, self._block, self._head_only, self._cap, self._done = pool, block, head_only, cap, done
        self._connection: Connection | None = None
        self._partial = b""
        self._left = 0
        self._chunks: Chunks | None = None
        self._reusable = self._reading_body = self._over = False
        self._begun = perf_counter()
        self.status, self.lines, self.seconds, self.error = 0, b"", 0.0, ""
        self.body = bytearray()
        self.truncated = False

    def set_out(self) -> None:
        """Ask for a connection; the request follows."""
        self._pool.acquire(self, False)

    def give_up(self, reason: str) -> None:
        """Its time is over."""
        self._pool.forget(self)
        self._finish(reason)

    def connected(self, connection: Connection) -> None:
        """Send the request."""
        self._connection = connection
        connection.transport.write(self._block)

    def refused(self, reason: str) -> None:
        """There is no connection."""
        self._finish(reason)

    def answered(self, data: bytes) -> None:
        """Bytes of the answer."""
        try:
            if self._reading_body:
                self._read_body(data)
            else:
                self._read_head(self._partial + data)
        except Refusal as refusal:
            self._finish(refusal.reason)

    def _read_head(self, data: bytes) -> None:
        found = next_response(data)
        if found is None:
            self._partial = data
            if len(data) > LONGEST_HEAD:
                raise Refusal(502, "the head of the answer is too long")
            return
        head, rest = found[0], data[found[1] :]
        self._partial = b""
        if head.status < 200:
            self._read_head(rest)
            return
        self.status, self.lines, self.seconds = head.status, head.lines, perf_counter() - self._begun
        self._reusable = head.keep and head.length != UNTIL_CLOSE
        self._reading_body = True
        none = self._head_only or head.status in (204, 304)
        self._left = 0 if none else head.length
        self._chunks = Chunks(plain=True) if self._left == CHUNKED else None
        self._read_body(rest)

    def _read_body(self, data: bytes) -> None:
        rest = b""
        if self._chunks is not None:
            data, rest = self._chunks.feed(data)
        elif self._left >= 0:
            data, rest = data[: self._left], data[self._left :]
            self._left -= len(data)
        room = self._cap - len(self.body)
        self.body += data[:room]
        self.truncated = self.truncated or len(data) > room
        self._reusable = self._reusable and not rest
        if self._left == 0 or (self._chunks is not None and self._chunks.done):
            self._finish("")

    def upstream_gone(self, reason: str, clean: bool) -> None:
        """The connection has ended."""
        self._connection = None
        complete = clean and self._reading_body and self._left == UNTIL_CLOSE
        self._finish("" if complete else f"the connection was {reason}")

    def upstream_ended(self) -> bool:
        """The target has sent all it will."""
        return False

    def upstream_full(self, full: bool) -> None:
        """The target is slow: what is left to send waits in the connection's buffer."""

    def _finish(self, error: str) -> None:
        if self._over:
            return
        self._over = True
        self.error = error
        if error:
            self.status = 0
            self.seconds = perf_counter() - self._begun
        connection, self._connection = self._connection, None
        if connection is not None:
            (self._pool.release if self._reusable and not error else self._pool.discard)(connection)
        self._done(self)
