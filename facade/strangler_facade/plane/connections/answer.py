"""A target's answer on its way to the client: read, checked and passed on as it comes."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Final

from strangler_facade.match import Request
from strangler_facade.plane.codecs.accelerated import next_response
from strangler_facade.plane.codecs.chunks import Chunks
from strangler_facade.plane.codecs.heads import (
    CHUNKED,
    LONGEST_HEAD,
    UNTIL_CLOSE,
    RequestHead,
    ResponseHead,
)
from strangler_facade.plane.codecs.refusal import Refusal
from strangler_facade.plane.forward import wants_websocket
from strangler_facade.plane.lanes import Lane
from strangler_facade.plane.records.capture import Capture
from strangler_facade.plane.upstreams.connection import Connection

WAITING: Final = 0
"""No head of an answer yet."""
PASSING: Final = 1
"""The head has gone out, the body is going."""
TUNNEL: Final = 2
"""The protocol has changed; bytes go both ways."""
OVER: Final = 3
"""Nothing more will happen."""

UPSTREAM_FULL: Final = 1
"""Why a client is not read from: its target takes no more."""
UNCONNECTED: Final = 2
"""Why a client is not read from: its target's connection does not stand yet."""
PIPELINED: Final = 4
"""Why a client is not read from: it has sent many requests ahead."""

_MOST_INTERIM: Final = 16
_TOO_LONG: Final = "the head of the answer is too long"
_CLOSE: Final = b"Connection: close\r\n"
_SMALL: Final = 8192
"""Up to here, copying a body behind its head is cheaper than a second write; a larger one is never copied."""


class Clock:
    """The worker, as far as it knows the time.

    This and the other roles of the connections are bases and no ``Protocol``, so that compiled modules call each other
    directly.
    """

    __slots__ = ()

    now: float
    """That of ``perf_counter``, as of the last tick."""


class Caller:
    """The client's connection, as an answer sees it."""

    __slots__ = ()

    clock: Clock
    keeps: bool
    """Whether the connection may be kept for another request."""
    transport: asyncio.Transport

    def hold(self, why: int) -> None:
        """Do not read from the client."""
        raise NotImplementedError

    def let(self, why: int) -> None:
        """Read from the client again, unless there is another reason not to."""
        raise NotImplementedError


class Answer(Request):
    """The half of an exchange that faces the target; a base of ``Exchange``, as ``Request`` is, for one object."""

    __slots__ = (
        "answer_chunks",
        "bodiless",
        "bytes_out",
        "caller",
        "capture",
        "connection",
        "deadline",
        "half",
        "head",
        "interim",
        "keep",
        "lane",
        "lane_begun",
        "left",
        "partial",
        "reading",
        "reusable",
        "state",
        "status",
    )

    answer_chunks: Chunks | None
    bodiless: bool
    bytes_out: int
    caller: Caller
    capture: Capture | None
    connection: Connection | None
    deadline: float
    half: bool
    head: RequestHead
    interim: int
    keep: bool
    lane: Lane
    lane_begun: float
    left: int
    partial: bytes
    reading: bool
    reusable: bool
    state: int
    status: int

    def failed(self, reason: str, status: int = 502, ended: bool = False, stale: bool = False) -> None:
        """The target gave no answer (``Exchange`` decides what is next).

        Args:
            reason: one sentence.
            status: what the client is told if nothing else helps.
            ended: the connection has ended, and nothing was passed on.
            stale: it had served before, and had ended without a word.
        """
        raise NotImplementedError

    def finished(self) -> None:
        """The answer is complete."""
        raise NotImplementedError

    def broken(self, reason: str) -> None:
        """The answer ended before its end; what was passed on cannot be taken back."""
        raise NotImplementedError

    def answered(self, data: bytes) -> None:
        """Bytes have come from the target."""
        if self.state == WAITING:
            self._read_head(data)
        elif self.state == PASSING:
            self._pass(data)
        elif self.state == TUNNEL:
            self.bytes_out += len(data)
            self.caller.transport.write(data)

    def _read_head(self, data: bytes) -> None:
        if self.partial:
            data = self.partial + data
        try:
            found = next_response(data)
        except Refusal as refusal:
            self.failed(refusal.reason)
            return
        if found is None:
            self._wait(data)
        elif found[1] > LONGEST_HEAD:
            self.failed(_TOO_LONG)
        elif found[0][1] < 200:
            self._pass_interim(found[0], data[found[1] :])
        else:
            self._begin(found[0], data, found[1])

    def _wait(self, data: bytes) -> None:
        self.partial = data
        if len(data) > LONGEST_HEAD:
            self.failed(_TOO_LONG)

    def _pass_interim(self, head: ResponseHead, rest: bytes) -> None:
        self.partial = b""
        self.interim += 1
        if head.status == 101:
            self._change_protocol(head, rest)
            return
        if self.interim > _MOST_INTERIM:
            self.failed("the target keeps announcing an answer")
            return
        if self.head.minor:
            self.caller.transport.write(b"".join((b"HTTP/1.1 ", head.phrase, b"\r\n", head.lines, b"\r\n")))
        if rest:
            self._read_head(rest)

    def _change_protocol(self, head: ResponseHead, rest: bytes) -> None:
        if not wants_websocket(self.head) or head.extras.get(b"upgrade", b"").lower() != b"websocket":
            self.failed("the target changes to a protocol nobody asked for")
            return
        self.status = 101
        self.state = TUNNEL
        self.lane.tally.answered(101, perf_counter() - self.lane_begun)
        upgrade = b"Connection: upgrade\r\nUpgrade: " + head.extras[b"upgrade"] + b"\r\n"
        parts = (b"HTTP/1.1 ", head.phrase, b"\r\n", head.lines, upgrade, self.lane.signature, b"\r\n", rest)
        self.caller.transport.write(b"".join(parts))
        self.tunnel_opened()

    def tunnel_opened(self) -> None:
        """From now on bytes go both ways unread."""
        raise NotImplementedError

    def _begin(self, head: ResponseHead, data: bytes, at: int) -> None:
        _, status, phrase, length, self.reusable, lines, _ = head
        lane, caller, rest = self.lane, self.caller, len(data) - at
        if rest < length <= _SMALL and not self.bodiless and status != 304:
            self._hold_back(data)
            return
        self.status, self.state = status, PASSING
        self._note(lane, status, length, lines)
        if not caller.keeps:
            self.keep = False
        if length < 0 or self.bodiless or status == 204 or status == 304:
            length, lines = self._frame(status, length, lines)
        at_once = length == rest <= _SMALL
        close, body = b"" if self.keep else _CLOSE, data[at:] if at_once else b""
        caller.transport.write(b"".join((b"HTTP/1.1 ", phrase, b"\r\n", lines, lane.signature, close, b"\r\n", body)))
        if not at_once:
            self.left = length
            if rest or not length:
                self._pass(memoryview(data)[at:] if rest > _SMALL and length > 0 else data[at:])
            return
        self.bytes_out += length
        if self.capture is not None:
            self.capture.answer_body(body)
        self.finished()

    def _hold_back(self, data: bytes) -> None:
        """Wait for the rest of a small answer: as long as nothing of it went out, something else can still be tried."""
        self.partial = data
        self.refresh()

    def _note(self, lane: Lane, status: int, length: int, lines: bytes) -> None:
        """Count the answer, and let whoever copies it know."""
        seconds = perf_counter() - self.lane_begun
        lane.tally.answered(status, seconds)
        lane.switch.answered()
        if self.capture is not None:
            self.capture.answer_begins(status, length, lines, seconds)

    def _frame(self, status: int, length: int, lines: bytes) -> tuple[int, bytes]:
        """Length and lines of an answer that is not simply counted: without a body, in chunks, or up to the close."""
        if status == 204:
            return 0, _without_framing(lines)
        if status == 304 or self.bodiless:
            return 0, lines
        modern = self.head.minor == 1
        if not modern:
            self.keep = False
        if length == CHUNKED:
            self.answer_chunks = Chunks(plain=not modern)
            return CHUNKED, lines if modern else _without_framing(lines)
        self.reusable = False
        return UNTIL_CLOSE, lines + b"Transfer-Encoding: chunked\r\n" if modern else lines

    def _pass(self, data: bytes | memoryview) -> None:
        self.refresh()
        if self.left < 0:
            self._pass_unmeasured(bytes(data))
            return
        if len(data) > self.left:
            data = data[: self.left]
            self.reusable = False
        self.left -= len(data)
        self._write(data)
        if not self.left:
            self.finished()

    def refresh(self) -> None:
        """Bytes have moved: the target's time begins anew."""
        self.deadline = self.caller.clock.now + self.lane.target.idle_timeout

    def _pass_unmeasured(self, data: bytes) -> None:
        if self.answer_chunks is None:
            if data:
                self._write_unframed(data)
            return
        try:
            out, rest = self.answer_chunks.feed(data)
        except Refusal as refusal:
            self.broken(refusal.reason)
            return
        if out:
            self._write(out)
        if self.answer_chunks.done:
            self.reusable = self.reusable and not rest
            self.finished()

    def _write_unframed(self, data: bytes) -> None:
        """Pass on bytes of an answer that ends with its connection; in chunks, where the client knows them."""
        self.bytes_out += len(data)
        if self.capture is not None:
            self.capture.answer_body(data)
        self.caller.transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self.head.minor else data)

    def _write(self, data: bytes | memoryview) -> None:
        self.bytes_out += len(data)
        if self.capture is not None:
            self.capture.answer_body(data)
        self.caller.transport.write(data)

    def upstream_gone(self, reason: str, clean: bool) -> None:
        """The connection has ended: the end of an answer that lasts until then, or a failure."""
        connection, self.connection = self.connection, None
        if self.state == WAITING:
            stale = connection is not None and connection.used > 0 and not self.partial and not self.interim
            self.failed(f"the connection was {reason}", ended=True, stale=stale)
        elif self.state == TUNNEL:
            self.finished()
        elif self.state == PASSING:
            if clean and self.left == UNTIL_CLOSE and self.answer_chunks is None:
                self._last_chunk()
                self.finished()
            else:
                self.broken(f"the connection was {reason}")

    def _last_chunk(self) -> None:
        if self.head.minor:
            self.caller.transport.write(b"0\r\n\r\n")

    def upstream_ended(self) -> bool:
        """The target has sent all it will; in a tunnel it may still listen, unless the client has ended before."""
        if self.state != TUNNEL or self.half:
            return False
        self.half = True
        if self.caller.transport.can_write_eof():
            self.caller.transport.write_eof()
            return True
        return False

    def upstream_full(self, full: bool) -> None:
        """The target takes no more bytes for now (or does again)."""
        if full:
            self.caller.hold(UPSTREAM_FULL)
        else:
            self.caller.let(UPSTREAM_FULL)


def _without_framing(lines: bytes) -> bytes:
    kept = [
        line
        for line in lines.split(b"\r\n")
        if not line.lower().startswith((b"content-length:", b"transfer-encoding:"))
    ]
    return b"\r\n".join(kept)
