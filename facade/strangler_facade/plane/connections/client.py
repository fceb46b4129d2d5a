"""A client's connection: requests in, one after the other, answers out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import cast

from strangler_facade.plane.codecs.accelerated import next_request
from strangler_facade.plane.codecs.heads import LONGEST_HEAD, LONGEST_TARGET, RequestHead
from strangler_facade.plane.codecs.refusal import Refusal
from strangler_facade.plane.connections.answer import PIPELINED, TUNNEL, Clock
from strangler_facade.plane.connections.exchange import Exchange, Sender
from strangler_facade.plane.connections.replies import reply
from strangler_facade.plane.identity import Identity
from strangler_facade.plane.lanes import Applied, Course
from strangler_facade.plane.limits import Settings
from strangler_facade.plane.records.capture import Capture

_BARE_LF = re.compile(rb"(?:^|[^\r])\n")
_AHEAD = 64 * 1024
_CR = 13
_LINGER = 2.0
_TOO_LONG = "the head of the request is too long"


class Plane(Clock):
    """The worker, as a client's connection sees it."""

    __slots__ = ()

    applied: Applied
    identity: Identity | None
    settings: Settings
    trace_context: Callable[[bytes | None], bytes]

    def opened(self, client: Client) -> bool:
        """A client has connected; whether it may stay."""
        raise NotImplementedError

    def closed(self, client: Client) -> None:
        """A client's connection has ended."""
        raise NotImplementedError

    def exchanged(self, exchange: Exchange) -> None:
        """A request has ended, one way or the other."""
        raise NotImplementedError

    def capture(self, course: Course, method: bytes) -> Capture | None:
        """Where an exchange is copied to for a mirror, if it is."""
        raise NotImplementedError

    def refused(self, client: Client, status: int, reason: str) -> None:
        """A message was refused before it was a request."""
        raise NotImplementedError


class Client(Sender):
    """One connection of a client: an ``asyncio.Protocol`` in all but name, which its twin could not inherit from."""

    __slots__ = (
        "_buffer",
        "_deadline",
        "_ended",
        "_full",
        "_holds",
        "_host",
        "_partial",
        "_running",
        "_sender",
        "_sender_of",
        "address",
        "body_begun",
        "clock",
        "exchange",
        "keeps",
        "leaving",
        "plane",
        "secure",
        "settings",
        "trace_context",
        "transport",
        "trusted",
    )

    def __init__(self, plane: Plane) -> None:
        self.plane, self.clock, self.settings = plane, plane, plane.settings
        self.trace_context = plane.trace_context
        self.exchange: Exchange | None = None
        self.address = ""
        self.secure = self.trusted = False
        self.leaving = False
        self.keeps = True
        self._buffer = b""
        self._deadline = plane.now + plane.settings.keep_alive
        self._full = self._running = self._partial = self._ended = False
        self._holds = 0
        self._host: bytes | None = None
        self._sender = b""
        self._sender_of: Applied | None = None
        self.body_begun = 0.0

    # What asyncio tells: the methods of its Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        # an IPv4 client of a socket for both families: its own address, as networks and chains are written
        self.address = str(peer[0]).removeprefix("::ffff:") if isinstance(peer, tuple) and peer else ""
        self.secure = transport.get_extra_info("ssl_object") is not None
        self.transport.set_write_buffer_limits(high=self.settings.high_water)
        if not self.plane.opened(self):
            self.refuse(503, "there are too many connections")

    def data_received(self, data: bytes) -> None:
        """Bytes from the client: a request, a body, or requests ahead of their turn."""
        exchange = self.exchange
        if exchange is None:
            if self._buffer:
                data, self._buffer = self._buffer + data, b""
            self._read(data)
        elif exchange.reading:
            rest = exchange.feed(data)
            if rest:
                self._later(rest)
        elif exchange.state == TUNNEL:
            exchange.tunnel(data)
        else:
            self._later(data)

    def eof_received(self) -> bool:
        """The client has finished sending; what it has asked whole is still answered."""
        self._ended = True
        self.keeps = bool(self._buffer)
        if self.exchange is None:
            return False
        if self.exchange.client_ended():
            return True
        self.exchange.abandoned()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self.leaving = True
        self.plane.closed(self)
        if self.exchange is not None:
            self.exchange.abandoned()

    def pause_writing(self) -> None:
        """The client is slower than the target."""
        self._full = True
        self._deadline = self.plane.now + self.settings.write_timeout
        if self.exchange is not None and self.exchange.connection is not None:
            self.exchange.connection.hold()

    def resume_writing(self) -> None:
        """The client takes bytes again."""
        self._full = False
        if self.exchange is not None and self.exchange.connection is not None:
            self.exchange.refresh()
            self.exchange.connection.let()
        elif self.exchange is None:
            self._continue()

    # Requests

    def _read(self, data: bytes) -> None:
        """Begin the requests in ``data``, until one must be waited for."""
        self._running = True
        if data[0] == _CR and data[:2] == b"\r\n":
            data = data[2:]  # one empty line before a request is nobody's harm (RFC 9112 §2.2)
        while data and self.exchange is None and not self.leaving and not self._full:
            try:
                found = next_request(data)
            except Refusal as refusal:
                self._buffer = b""
                self.refuse(refusal.status, refusal.reason)
                break
            if found is None:
                data = self._incomplete(data)
                break
            if found[1] > LONGEST_HEAD:
                self.refuse(431, _TOO_LONG)
                break
            self._partial = False
            data = self._begin(found[0], data[found[1] :])
        else:
            if data and not self.leaving:
                self._later(data)
        self._running = False

    def _begin(self, head: RequestHead, rest: bytes) -> bytes:
        plane, applied, address, trusted = self.plane, self.plane.applied, self.address, self.trusted
        if self._ended and not rest:
            self.keeps = False
        if self._sender_of is not applied:
            trusted = self._introduce(applied)
        if trusted:
            address = applied.forwarder.client_address(address, head.extras)
        self.exchange = exchange = Exchange(self, applied, head, address, trusted)
        if plane.identity is not None:
            exchange.head = plane.identity.prepare(head, exchange)
        self.body_begun = plane.now
        return exchange.begin(rest)

    def _introduce(self, applied: Applied) -> bool:
        """Work out whether a table trusts this client."""
        self._sender_of, self._host = applied, None
        self.trusted = applied.forwarder.trusts(self.address)
        return self.trusted

    def sender(self, applied: Applied, head: RequestHead) -> bytes:
        """The lines that tell a target who asks; a connection hardly ever changes its host."""
        if self.trusted:
            return applied.forwarder.trusted_lines(self.address, self.secure, head[3], head[8])
        if head[3] != self._host or applied is not self._sender_of:
            self._sender = applied.forwarder.lines(self.address, self.secure, head[3])
            self._host, self._sender_of = head[3], applied
        return self._sender

    def _incomplete(self, data: bytes) -> bytes:
        """Keep the beginning of a head, unless it can no longer become one."""
        if _BARE_LF.search(data):
            self.refuse(400, "a line ends without CR")
        elif len(data) > LONGEST_TARGET + 48 and b"\r\n" not in data:
            self.refuse(414, "the request target is too long")
        elif len(data) > LONGEST_HEAD:
            self.refuse(431, _TOO_LONG)
        else:
            if not self._partial:
                self._partial = True
                self._deadline = self.plane.now + self.settings.head_timeout
            self._buffer = data
        return b""

    def _later(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > _AHEAD:
            self.hold(PIPELINED)

    def _continue(self) -> None:
        """Go on with what the client has sent ahead."""
        if self._buffer and not self._running and not self.leaving:
            data, self._buffer = self._buffer, b""
            self.let(PIPELINED)
            self._read(data)
        if self._ended and self.exchange is None and not self.leaving:
            self.leaving = True  # there is nothing more, or what there is will never be whole
            self.transport.close()

    def ahead(self) -> bytes:
        """What the client has sent behind the request, now that it is no further request."""
        data, self._buffer = self._buffer, b""
        self.let(PIPELINED)
        return data

    # What exchanges ask for

    def capture(self, course: Course, method: bytes) -> Capture | None:
        """Where the exchange is copied to for a mirror, if it is."""
        return self.plane.capture(course, method)

    def identity_lines(self, head: RequestHead, service: str) -> bytes:
        """The lines that tell a service whose session this is."""
        return self.plane.identity.lines(head, service) if self.plane.identity is not None else b""

    def hold(self, why: int) -> None:
        """Do not read from the client."""
        if not self._holds and not self.leaving:
            self.transport.pause_reading()
        self._holds |= why

    def let(self, why: int) -> None:
        """Read from the client again, unless there is another reason not to."""
        before, self._holds = self._holds, self._holds & ~why
        if before and not self._holds and not self.leaving:
            self.transport.resume_reading()

    def over(self, exchange: Exchange, keep: bool) -> None:
        """An exchange has ended: go on with the next request, or part."""
        self.plane.exchanged(exchange)
        self.exchange = None
        if self.leaving:
            return
        if self._holds:
            self.let(-1)
        if not keep:
            self._part(exchange)
            return
        self._deadline = self.plane.now + self.settings.keep_alive
        if self._buffer or self._ended:
            self._continue()

    def _part(self, exchange: Exchange) -> None:
        """Close; if the client may still be sending, let it read the answer first."""
        if exchange.reading and exchange.state != TUNNEL:
            self._linger()
        else:
            self.leaving = True
            self.transport.close()

    def refuse(self, status: int, reason: str) -> None:
        """Answer a message that is no request, and close."""
        self.plane.refused(self, status, reason)
        self.transport.write(reply(status, reason, close=True))
        self._linger()

    def _linger(self) -> None:
        """Say that we are done, and read on for a moment, so that our answer is not lost to a reset."""
        self.leaving = True
        self._buffer = b""
        self._deadline = self.plane.now + _LINGER
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def cut(self, framed: bool) -> None:
        """End the connection in the middle of an answer, so that nobody can take it for the whole.

        A ``framed`` answer (its length known, or in chunks) is seen to be incomplete; any other needs a reset.
        """
        self.leaving = True
        self._deadline = self.plane.now + self.settings.write_timeout
        if framed:
            self.transport.close()
        else:
            self.transport.abort()

    # Time

    def tick(self, now: float) -> None:
        """Part with a client that is silent, or so slow that it does harm."""
        exchange = self.exchange
        if self.leaving:
            if now > self._deadline:
                self.transport.abort()
        elif exchange is None:
            if now > self._deadline:
                self._too_slow()
        elif exchange.reading and self._crawls(exchange, now):
            exchange.spoilt(Refusal(408, "the body comes too slowly"))
        elif not self._full:
            exchange.tick(now)
        elif now > self._deadline:
            exchange.abandoned()
            self.transport.abort()

    def _too_slow(self) -> None:
        if self._buffer:
            self.refuse(408, "the head of the request did not come in time")
        else:
            self.leaving = True
            self.transport.close()

    def _crawls(self, exchange: Exchange, now: float) -> bool:
        if self._holds:
            return False
        seconds = now - self.body_begun - self.settings.body_grace
        return seconds > 0 and exchange.bytes_in < seconds * self.settings.slowest_body

    def drain(self) -> None:
        """Close after the next answer, or soon if there is none: a request may be on its way this very moment."""
        self.keeps = False
        if self.exchange is None and not self.leaving:
            self._deadline = min(self._deadline, self.plane.now + self.settings.drain_idle)
