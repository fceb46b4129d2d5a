"""Sends the workers' spans to an OpenTelemetry collector, some hundred at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from strangler_facade.control.exports.collector import Collector, attributes

PERIOD_SECONDS = 1.0
_MOST_WAITING = 20_000
_MOST_AT_ONCE = 500
_SERVER, _ERROR = 2, 2  # SPAN_KIND_SERVER, STATUS_CODE_ERROR


class SpanExporter:
    """Holds a bounded number of spans; the oldest give way, and are counted."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._waiting: deque[Mapping[str, Any]] = deque()
        self.lost = 0

    def gather(self, spans: Iterable[Mapping[str, Any]]) -> None:
        """Take a worker's spans (``channel.SpanRecord``)."""
        self._waiting.extend(spans)
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft()
            self.lost += 1

    async def send(self) -> None:
        """Send what waits; what a collector that is away does not take stays for the next time."""
        while self._waiting:
            some = [self._waiting[index] for index in range(min(_MOST_AT_ONCE, len(self._waiting)))]
            lost = self.lost
            if not await self._collector.take(message(self._collector.resource, some)):
                return
            for _ in range(len(some) - (self.lost - lost)):  # those that gave way while it was sent are gone already
                self._waiting.popleft()


def message(resource: Mapping[str, Any], spans: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """An ``ExportTraceServiceRequest``."""
    scope = {"scope": {"name": "strangler_facade"}, "spans": [_span(record) for record in spans]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def _span(record: Mapping[str, Any]) -> dict[str, Any]:
    method = record["method"] if record["method"] != "_OTHER" else "HTTP"
    failed = record["status"] >= 500 or not record["status"]
    return {
        "traceId": record["trace"],
        "spanId": record["span"],
        "parentSpanId": record["parent"],
        "name": f"{method} {record['template'] or record['route']}",
        "kind": _SERVER,
        "startTimeUnixNano": str(record["begin"]),
        "endTimeUnixNano": str(record["end"]),
        "attributes": _described(record),
        "status": {"code": _ERROR, "message": record["reason"]} if failed else {},
    }


def _described(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The attributes of OpenTelemetry's conventions for HTTP servers, and ours."""
    found: dict[str, str | int | bool] = {
        "http.request.method": record["method"],
        "http.response.status_code": record["status"],
        "http.route": record["template"],
        "url.path": record["path"],
        "server.address": record["host"],
        "client.address": record["client"],
        "error.type": str(record["status"]) if record["status"] >= 500 else "",
        "strangler.route": record["route"],
        "strangler.service": record["service"],
        "strangler.target": record["target"],
        "strangler.fell_back": record["fell_back"],
        "strangler.version": record["version"],
    }
    return attributes(**{name: value for name, value in found.items() if value != ""})
