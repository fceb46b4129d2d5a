"""One request: its body on the way to a target, and what may still be tried when a target fails."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from strangler_facade.match import NO_CLAIMS
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
_NOTHING: list[bytes] = []  # what is held of a request without a body
_INDETERMINATE = b"X-Strangler-Indeterminate: 1\r\n"


class Sender(Caller):
    """The client's connection, as an exchange sees it."""

    __slots__ = ()

    settings: Settings
    trace_context: Callable[[bytes | None], bytes]

    def sender(self, applied: Applied, head: RequestHead) -> bytes:
        """The lines that tell a target who asks."""
        raise NotImplementedError

    def capture(self, course: Course, method: bytes) -> Capture | None:
        """Where the exchange is copied to for a mirror, if it is."""
        raise NotImplementedError

    def identity_lines(self, head: RequestHead, service: str) -> bytes:
        """The lines that tell a service whose session this is."""
        raise NotImplementedError

    def ahead(self) -> bytes:
        """What the client has sent behind the request."""
        raise NotImplementedError

    def over(self, exchange: Exchange, keep: bool) -> None:
        """The exchange has ended; whether the connection may be used for another."""
        raise NotImplementedError

    def cut(self, framed: bool) -> None:
        """End the connection in the middle of an answer."""
        raise NotImplementedError


class Exchange(Answer):
    """A request that was accepted, until its answer has gone out or it has failed: what is decided upon, and all state.

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
        "held",
        "reason",
        "repeatable",
        "request_left",
        "retried",
        "sent",
        "trace",
    )

    chunks: Chunks | None
    course: Course
    held: list[bytes] | None
    repeatable: bool

    def __init__(self, client: Sender, applied: Applied, head: RequestHead, address: str, trusted: bool) -> None:
        # Every request passes here: stores are shared and look-ups spared, for they are a tenth of its cost.
        self.method, target, _, self.host, length, self.keep, self.lines, self.cookie, extras = head
        self.path, _, self.query = target.partition(b"?")
        self.address, self.trusted, self.claims = address, trusted, NO_CLAIMS
        self.caller = self.client = client
        self.head, self.applied = head, applied
        self.connection = self.answer_chunks = self.capture = self.chunks = None
        self.state = WAITING
        self.partial, self.reason = b"", ""
        self.status = self.interim = self.left = self.bytes_out = self.bytes_in = 0
        self.reusable = self.sent = self.retried = self.half = False
        self.bodiless = self.method == b"HEAD"
        self.held = [] if length else _NOTHING
        self.request_left = length
        self.reading = length != 0
        if length == CHUNKED:
            self.chunks = Chunks()
        self.begun = self.lane_begun = perf_counter()
        self.deadline = 0.0
        self.trace = client.trace_context(extras.get(b"traceparent") if extras else None)

    def begin(self, rest: bytes) -> bytes:
        """Decide where the request goes and set out; ``rest`` is what came after its head, returned if not its body."""
        applied, method, extras = self.applied, self.method, self.head[8]
        self.course = course = applied.courses[applied.router.decide(self)]
        self.lane = course.lane
        self.repeatable = method in course.safe or course.always or b"idempotency-key" in extras
        if extras or not course.free or method == b"TRACE":
            refused = self._refusal(course)
            if refused is not None:
                self.refuse(*refused)
                return b"" if self.reading else rest
        if course.keyless:
            self.lane.tally.keyless += 1
        if course.mirror is not None:
            self.capture = self.client.capture(course, method)
        if self.reading and rest:
            rest = self.feed(rest)
        if self.state != OVER:
            self._try(self.lane, self.begun)
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
        if course.limiter is not None and not course.limiter.allows(self, self.begun):
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
        self.deadline = self.client.clock.now + self.lane.answer_timeout
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

    def _try(self, lane: Lane, now: float) -> None:
        self.lane = lane
        self.lane_begun = now
        self.deadline = now + lane.answer_timeout
        if lane.switch.ready or lane.switch.passes() or not self._may_fall_back():
            lane.pool.acquire(self, not self.repeatable)
        else:
            lane.tally.passed_over()
            self._another("the target is resting after failures", 503)

    def connected(self, connection: Connection) -> None:
        """A connection to the target is there: send what there is."""
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
        target, host, extras = self.head[1], self.host, self.head[8]
        sender, special = self.client.sender(self.applied, self.head), mark
        if not lane.plain:
            target = rewritten(target, lane.base, lane.rewrite)
            host = host if lane.host else lane.authority
        if extras:
            special += special_lines(self.head)
        if lane.vouches:
            special += self.client.identity_lines(self.head, lane.vouches)
        elif lane.announces:
            special += self._canaries(lane)
        first = b"%b %b HTTP/1.1\r\nHost: %b\r\n" % (self.method, target, host)
        return b"".join((first, self.lines, sender, special, b"traceparent: ", self.trace, b"\r\n\r\n"))

    def _canaries(self, lane: Lane) -> bytes:
        found = self.applied.router.canaries(self, lane.decided)
        return b"%b: %b\r\n" % (_CANARY, found.encode()) if found else b""

    def refused(self, reason: str) -> None:
        """There is no connection to the target; nothing was sent."""
        self.lane.tally.failed(perf_counter() - self.lane_begun)
        if not self._may_fall_back() and not self.retried and self.applied.allowance.take():
            self._repeat()
        else:
            self._another(reason, 503)

    def failed(self, reason: str, status: int = 502, ended: bool = False, stale: bool = False) -> None:
        """The target gave no answer: try again where that is safe, or say so.

        A connection that had ended already is nobody's failure. One that was cut may be that of a process on its way
        out: where there is no other target, the same is asked once more.
        """
        self._leave()
        if stale and self._may_repeat():
            self._repeat()
            return
        self.lane.tally.failed(perf_counter() - self.lane_begun)
        self.lane.pool.switch.failed()
        if ended and not self._may_fall_back() and self._may_repeat() and self.applied.allowance.take():
            self._repeat()
        else:
            self._another(reason, status)

    def _may_repeat(self) -> bool:
        return self.repeatable and self.held is not None and not self.retried

    def _may_fall_back(self) -> bool:
        """Whether there is another target; where there is none, no breaker keeps a request from the only one."""
        return self.course.fallback is not None and self.lane is self.course.lane

    def _repeat(self) -> None:
        """Ask the same target again, on a connection that cannot be stale."""
        self.retried = True
        self.partial = b""
        self.lane_begun = perf_counter()
        self.deadline = self.lane_begun + self.lane.answer_timeout
        self.lane.pool.renew(self)

    def _another(self, reason: str, status: int) -> None:
        """Go to the fallback if the request may be sent again, otherwise give up."""
        fallback, lane, self.partial = self.course.fallback, self.lane, b""
        resendable = not self.sent or (self.repeatable and self.held is not None)
        if resendable and fallback is not None and self._may_fall_back() and self.applied.allowance.take():
            lane.tally.fallbacks += 1
            self.retried = False
            self._try(fallback, perf_counter())
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
        block = reply(status, reason, close=not keep, extra=extra, bodiless=self.bodiless)
        self.caller.transport.write(block if status != 204 else _no_content)
        self._end(keep)

    def finished(self) -> None:
        """The answer is complete: give the connection back if both sides are clean."""
        connection, self.connection = self.connection, None
        keep = self.keep and not self.reading and self.state != TUNNEL
        if connection is not None:
            if self.reusable and not self.reading:
                self.lane.pool.release(connection)
            else:
                self.lane.pool.discard(connection)
        self.state = OVER
        self.client.over(self, keep)

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
        self.deadline = self.client.clock.now + self.client.settings.tunnel_idle
        if data and self.connection is not None:
            self.connection.transport.write(data)

    def client_ended(self) -> bool:
        """The client has sent all it will; whether its connection should stay open for the answer."""
        if self.state == TUNNEL:
            return self._end_one_way()
        return not self.reading

    def _end_one_way(self) -> bool:
        """Tell the target; whether it may still talk, which it may not if it has ended before."""
        if self.connection is None:
            return False
        transport, ended, self.half = self.connection.transport, self.half, True
        if ended or not transport.can_write_eof():
            transport.close()  # its loss ends the client's too
        else:
            transport.write_eof()
        return True


_no_content = b"HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n\r\n"
