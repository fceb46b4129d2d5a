"""A span for each sampled request, gathered and handed to the control plane ten times a second.

Parent-based: what a client's traceparent says of sampling is kept, a new trace is sampled by ``share``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from time import perf_counter, time_ns
from typing import Any

from strangler_facade.channel import SpanRecord, SpansMessage
from strangler_facade.plane.connections.exchange import Exchange
from strangler_facade.plane.forward import trace_context

_MOST_A_FLUSH = 500
_METHODS = frozenset([b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"])
_ID, _FLAGS = slice(36, 52), slice(53, 55)


class Spans:
    """The spans of one worker; what cannot be sent is counted as lost, and no request waits for it."""

    def __init__(self, share: float, send: Callable[[Mapping[str, Any]], bool]) -> None:
        self._limit = round(share * 2**32)
        self._send = send
        self._waiting: list[SpanRecord] = []
        self.lost = 0

    def context(self, given: bytes | None) -> bytes:
        """The traceparent a target gets: in the client's trace, or a new one, with our span as the parent."""
        trace = trace_context(given)
        if trace is given:
            return trace[: _ID.start] + os.urandom(8).hex().encode() + trace[_ID.stop :]
        sampled = int(trace[27:35], 16) < self._limit
        return trace if sampled else trace[: _FLAGS.start] + b"00"

    def ended(self, exchange: Exchange) -> None:
        """A request has ended: keep its span, if it is sampled and there is room."""
        if not int(exchange.trace[_FLAGS], 16) & 1:
            return
        if len(self._waiting) >= _MOST_A_FLUSH:
            self.lost += 1
        else:
            self._waiting.append(span(exchange))

    def flush(self) -> None:
        """Send what has been gathered."""
        waiting, self._waiting = self._waiting, []
        if waiting and not self._send(SpansMessage(type="spans", spans=waiting)):
            self.lost += len(waiting)


def span(exchange: Exchange) -> SpanRecord:
    """A request as a span; never a query, a cookie or a credential."""
    head, course, end = exchange.head, exchange.course, time_ns()
    given = head.extras.get(b"traceparent") if head.extras else None
    continued = given is not None and given[:35] == exchange.trace[:35]
    return SpanRecord(
        trace=exchange.trace[3:35].decode("ascii"),
        span=exchange.trace[_ID].decode("ascii"),
        parent=given[_ID].decode("ascii") if given is not None and continued else "",
        begin=end - round((perf_counter() - exchange.begun) * 1e9),
        end=end,
        method=head.method.decode("ascii") if head.method in _METHODS else "_OTHER",
        path=exchange.path.decode("utf-8", "replace"),
        host=exchange.host_name(),
        client=exchange.address,
        status=exchange.status,
        reason=exchange.reason,
        route=course.route.name,
        template=next(iter(course.route.match.paths), ""),
        service=course.service,
        target=exchange.lane.target.name,
        fell_back=exchange.lane is not course.lane,
        version=exchange.applied.version,
    )
