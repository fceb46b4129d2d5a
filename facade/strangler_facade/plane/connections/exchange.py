"""One request: its body on the way to a target, and what may still be tried when a target fails."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Protocol

from strangler_facade.match import Request
from strangler_facade.plane.codecs.chunks import Chunks
from strangler_facade.plane.codecs.heads import CHUNKED, RequestHead
from strangler_facade.plane.codecs.refusal import Refusal
from strangler_facade.plane.connections.answer import (
    OVER,
    PASSING,
    TUNNEL,
    UNCONNECTED,
    UPSTREAM_FULL,
    WAITING,
    Answer,
    Caller,
)
from strangler_facade.plane.connections.replies import reply
from strangler_facade.plane.forward import rewritten, special_lines
from strangler_facade.plane.lanes import Applied, Course, Lane
from strangler_facade.plane.limits import Settings
from strangler_facade.plane.records.capture import Capture
from strangler_facade.plane.upstreams.connection import Connection
from strangler_facade.table import CANARY_HEADER

_CANARY = CANARY_HEADER.encode()
_INDETERMINATE = b"X-Strangler-Indeterminate: 1\r\n"


class Client(Caller, Protocol):
    """The client's connection, as an exchange sees it."""

    settings: Settings
    trace_context: Callable[[bytes | None], bytes]

    def forward_lines(self, applied: Applied, head: RequestHead) -> bytes:
        """The lines that tell a target who asks."""

    def capture(self, course: Course, method: bytes) -> Capture | None:
        """Where the exchange is copied to for a mirror, if it is."""

    def identity_lines(self, head: RequestHead, service: str) -> bytes:
        """The lines that tell a service whose session this is."""

    def ahead(self) -> bytes:
        """What the client has sent behind the request."""

    def over(self, exchange: Exchange, keep: bool) -> None:
        """The exchange has ended; whether the connection may be used for another."""

    def cut(self, framed: bool) -> None:
        """End the connection in the middle of an answer."""


class Exchange(Answer):
    """A request that was accepted, until its answer has gone out or it has failed.

    It keeps the table it began with. ``held`` are the bytes of the body that a target may still need: those not sent
    yet, and those sent as long as they may be sent again.
    """

    __slots__ = (
        "applied",
        "begun",
        "bytes_in",
        "chunks",
        "client",
        "course",
        "forwarded",
        "held",
        "reason",
        "repeatable",
        "request",
        "request_left",
        "retried",
        "sent",
        "trace",
    )

    course: Course

    def __init__(self, client: Client, applied: Applied, head: RequestHead, request: Request) -> None:
        super().__init__(client, head)
        self.client, self.applied, self.request = client, applied, request
        self.held: list[bytes] | None = []
        self.request_left = head.length
        self.chunks = Chunks() if head.length == CHUNKED else None
        self.reading = head.length != 0
        self.bytes_in = 0
        self.sent = self.retried = False
        self.reason = ""
        self.begun = perf_counter()
        extras = head.extras
        self.trace = client.trace_context(extras.get(b"traceparent") if extras else None)

    def begin(self, rest: bytes) -> bytes:
        """Decide where the request goes and set out; ``rest`` is what came after its head, returned if not its body."""
        self.course = course = self.applied.course(self.applied.router.decide(self.request))
        self.lane = course.lane
        extras = self.head.extras
        self.repeatable = course.repeatable(self.head.method, bool(extras) and b"idempotency-key" in extras)
        refused = self._refusal(course)
        if refused is not None:
            self.refuse(*refused)
            return b"" if self.reading else rest
        self.forwarded = self.client.forward_lines(self.applied, self.head)
        if course.keyless:
            self.lane.tally.keyless += 1
        if course.mirror is not None:
            self.capture = self.client.capture(course, self.head.method)
        if self.reading and rest:
            rest = self.feed(rest)
        if self.state != OVER:
            self._try(self.lane)
        return rest

    def _refusal(self, course: Course) -> tuple[int, str] | None:
        head = self.head
        if course.reserved:
            return 404, "there is nothing here"
        if head.method == b"TRACE":
            return 405, "TRACE is not answered here"
        if head.extras:
            if head.extras.get(b"expect", b"100-continue").lower() != b"100-continue":
                return 417, "the only expectation known here is 100-continue"
            if head.method == b"OPTIONS" and head.extras.get(b"max-forwards") == b"0":
                return 204, ""
        if course.largest_body is not None and head.length > course.largest_body:
            return 413, f"a body here has at most {course.largest_body} bytes"
        if course.limiter is not None and not course.limiter.allows(self.request, self.begun):
            return 429, "too many requests"
        return None

    # The request's body

    def feed(self, data: bytes) -> bytes:
        """Take bytes of the request's body; returns what comes after it."""
        rest = b""
        if self.chunks is None:
            if len(data) > self.request_left:
                data, rest = data[: self.request_left], data[self.request_left :]
            self.request_left -= len(data)
            self.reading = self.request_left > 0
        else:
            try:
                data, rest = self.chunks.feed(data)
            except Refusal as refusal:
                self.spoilt(refusal)
                return b""
            self.reading = not self.chunks.done
            if self.course.largest_body is not None and self.chunks.size > self.course.largest_body:
                self.spoilt(Refusal(413, f"a body here has at most {self.course.largest_body} bytes"))
                return b""
        self._send(data)
        return rest

    def _send(self, data: bytes) -> None:
        self.bytes_in += len(data)
        self.deadline = self.client.now + self.lane.target.answer_timeout
        if self.capture is not None:
            self.capture.request_body(data)
        if self.held is not None:
            self.held.append(data)
        if self.connection is None:
            self.client.hold(UNCONNECTED)
            return
        if self.bytes_in > self.client.settings.replay:
            self.held = None
        self.connection.transport.write(data)

    def spoilt(self, refusal: Refusal) -> None:
        """The body is not to be had: the target must not take what it has for a whole request, its connection ends."""
        self.keep = False
        if self.connection is None:
            self.lane.pool.forget(self)
        self._leave()
        if self.state == WAITING:
            self.refuse(refusal.status, refusal.reason)
        else:
            self._end(keep=False)

    # Targets

    def _try(self, lane: Lane) -> None:
        self.lane = lane
        self.lane_begun = perf_counter()
        self.deadline = self.client.now + lane.target.answer_timeout
        pool = lane.pool
        if pool.switch.passes():
            pool.acquire(self, not self.repeatable)
        else:
            lane.tally.passed_over()
            self._another("the target is resting after failures", 503)

    def connected(self, connection: Connection) -> None:
        """A connection to the target is there: send what there is."""
        if self.state == OVER:
            self.lane.pool.release(connection)
            return
        self.connection = connection
        self.sent = True
        block = self.block(self.lane)
        if self.held:
            block += b"".join(self.held)
            self.client.let(UNCONNECTED)
        if self.held is not None and (not self.repeatable or self.bytes_in > self.client.settings.replay):
            self.held = None
        connection.transport.write(block)

    def block(self, lane: Lane, mark: bytes = b"") -> bytes:
        """The head as a lane's target gets it."""
        head = self.head
        target = head.target if lane.plain else rewritten(head.target, lane.base, lane.rewrite)
        host = head.host if lane.host else lane.authority
        special = special_lines(head) + mark if head.extras else mark
        if self.course.service and lane.target.name != self.course.route.split.rest:
            special += self.client.identity_lines(head, self.course.service)
        elif lane.target.name == self.applied.default:
            decided = self.course.service if lane is self.course.lane else ""
            canaries = self.applied.router.canaries(self.request, decided)
            if canaries:
                special += b"%b: %b\r\n" % (_CANARY, canaries.encode())
        return b"".join(
            (
                head.method,
                b" ",
                target,
                b" HTTP/1.1\r\nHost: ",
                host,
                b"\r\n",
                head.lines,
                self.forwarded,
                special,
                b"traceparent: ",
                self.trace,
                b"\r\n\r\n",
            )
        )

    def refused(self, reason: str) -> None:
        """There is no connection to the target; nothing was sent."""
        if self.state == OVER:
            return
        self.lane.tally.failed(perf_counter() - self.lane_begun)
        self._another(reason, 503)

    def failed(self, reason: str, status: int = 502, stale: bool = False) -> None:
        """The target gave no answer: try again where that is safe, or say so."""
        self._leave()
        if stale and self.repeatable and self.held is not None and not self.retried:
            self.retried = True
            self._try(self.lane)
            return
        self.lane.tally.failed(perf_counter() - self.lane_begun)
        self.lane.pool.switch.failed()
        self._another(reason, status)

    def _another(self, reason: str, status: int) -> None:
        """Go to the fallback if the request may be sent again, otherwise give up."""
        course, lane = self.course, self.lane
        self.partial = b""
        resendable = not self.sent or (self.repeatable and self.held is not None)
        if resendable and course.fallback is not None and lane is course.lane and self.applied.allowance.take():
            lane.tally.fallbacks += 1
            self._try(course.fallback)
        elif self.sent and not self.repeatable:
            lane.tally.indeterminate += 1
            self.refuse(status, f"{reason}; the request may have been carried out", _INDETERMINATE)
        else:
            self.refuse(status, reason)

    def refuse(self, status: int, reason: str, extra: bytes = b"") -> None:
        """Answer in the target's place."""
        self.status, self.reason = status, reason
        keep = self.keep and not self.reading and self.caller.keeps
        if status == 429:
            extra += b"Retry-After: 1\r\n"
        bodiless = self.head.method == b"HEAD"
        block = reply(status, reason, close=not keep, extra=extra, bodiless=bodiless) if status != 204 else _no_content
        self.caller.transport.write(block)
        self._end(keep)

    def finished(self) -> None:
        """The answer is complete: give the connection back if both sides are clean."""
        connection, self.connection = self.connection, None
        if connection is not None:
            if self.reusable and not self.reading:
                self.lane.pool.release(connection)
            else:
                self.lane.pool.discard(connection)
        self._end(self.keep and not self.reading and self.state != TUNNEL)

    def broken(self, reason: str) -> None:
        """The answer ended before its end: the client must notice."""
        self.reason = reason
        tally = self.lane.tally
        tally.failures += self.status < 500
        self.lane.pool.switch.failed()
        self._leave()
        framed = self.head.minor == 1 or self.left > 0
        self.client.cut(framed)
        self._end(keep=False)

    def abandoned(self) -> None:
        """The client has gone."""
        if self.state == OVER:
            return
        if self.connection is None:
            self.lane.pool.forget(self)
        self.status = self.status or 499
        self._leave()
        self._end(keep=False)

    def _leave(self) -> None:
        """End the target's connection: what it has of the request, or we of its answer, is not whole."""
        connection, self.connection = self.connection, None
        if connection is not None:
            self.lane.pool.discard(connection)
            self.caller.let(UPSTREAM_FULL)

    def _end(self, keep: bool) -> None:
        self.state = OVER
        self.client.over(self, keep)

    # Time, and protocols other than HTTP

    def tick(self, now: float) -> None:
        """Give up on a target that has been silent for too long."""
        if now < self.deadline:
            return
        if self.state == WAITING:
            if self.connection is None:
                self.lane.pool.forget(self)
            self.failed("the target did not answer in time", 504)
        elif self.state == TUNNEL:
            self.broken("nothing was said for too long")
        elif self.state == PASSING:
            self.broken("the target stopped in the middle of its answer")

    def tunnel_opened(self) -> None:
        """From now on bytes go both ways unread, those of an impatient client too."""
        self.tunnel(self.client.ahead())

    def tunnel(self, data: bytes) -> None:
        """Pass bytes of another protocol on to the target."""
        self.bytes_in += len(data)
        self.deadline = self.client.now + self.client.settings.tunnel_idle
        if data and self.connection is not None:
            self.connection.transport.write(data)

    def client_ended(self) -> bool:
        """The client has sent all it will; whether its connection should stay open for the answer."""
        if self.state == TUNNEL:
            if self.connection is not None and self.connection.transport.can_write_eof():
                self.connection.transport.write_eof()
                return True
            return False
        return not self.reading


_no_content = b"HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n\r\n"
