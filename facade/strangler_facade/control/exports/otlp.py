"""Sends the facade's figures to an OpenTelemetry collector: OTLP over HTTP in its JSON form, metrics only.

The standard environment variables say where: ``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_EXPORTER_OTLP_HEADERS`` and
``OTEL_SERVICE_NAME``; without the first nothing is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from strangler_facade.channel import BOUNDS
from strangler_facade.control.controller import Controller
from strangler_facade.control.tallies import Tallies, Tally

PERIOD_SECONDS = 10.0
_CUMULATIVE = 2  # AGGREGATION_TEMPORALITY_CUMULATIVE
_COUNTERS = ("requests", "failures", "skipped", "fallbacks", "indeterminate", "keyless")


class Exporter:
    """One collector."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        on_note: Callable[[str], None],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Read where to send to; whether there is such a place is ``is_on``."""
        self._url = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/")
        pairs = (pair.partition("=") for pair in environment.get("OTEL_EXPORTER_OTLP_HEADERS", "").split(","))
        self._headers = {name.strip(): value.strip() for name, equals, value in pairs if equals}
        self._name = environment.get("OTEL_SERVICE_NAME", "strangler-facade")
        self._note, self._transport = on_note, transport
        self._begun = time.time_ns()
        self._failing = False

    @property
    def is_on(self) -> bool:
        """Whether the environment names a collector."""
        return bool(self._url)

    async def send(self, controller: Controller, tallies: Tallies) -> None:
        """Send everything once; a collector that does not take it is noted once until it does again."""
        body = message(self._name, self._begun, time.time_ns(), controller, tallies)
        try:
            async with httpx.AsyncClient(timeout=5.0, transport=self._transport) as client:
                answer = await client.post(f"{self._url}/v1/metrics", json=body, headers=self._headers)
            trouble = "" if answer.is_success else str(answer.status_code)
        except httpx.HTTPError as error:
            trouble = type(error).__name__
        if trouble and not self._failing:
            self._note(f"the OpenTelemetry collector at {self._url} does not take our figures: {trouble}")
        self._failing = bool(trouble)


def message(name: str, begun: int, now: int, controller: Controller, tallies: Tallies) -> dict[str, Any]:
    """An ``ExportMetricsServiceRequest``; times are nanoseconds since the epoch."""
    span = {"startTimeUnixNano": str(begun), "timeUnixNano": str(now)}
    total = sorted(tallies.total().items())
    metrics = [_sum(counter, total, span) for counter in _COUNTERS]
    metrics.append(_histogram(total, span))
    weights = [
        {"attributes": _attributes(service=service), "timeUnixNano": str(now), "asDouble": position.weight}
        for service, position in sorted(controller.routes.positions.items())
    ]
    metrics.append({"name": "strangler.weight", "unit": "%", "gauge": {"dataPoints": weights}})
    resource = {"attributes": _attributes(**{"service.name": name})}
    scope = {"scope": {"name": "strangler_facade"}, "metrics": metrics}
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [scope]}]}


def _sum(counter: str, total: list[tuple[tuple[str, str], Tally]], span: Mapping[str, str]) -> dict[str, Any]:
    points = [
        {"attributes": _attributes(service=service, target=target), **span, "asInt": str(getattr(tally, counter))}
        for (service, target), tally in total
    ]
    kind = {"dataPoints": points, "aggregationTemporality": _CUMULATIVE, "isMonotonic": True}
    return {"name": f"strangler.{counter}", "unit": "{request}", "sum": kind}


def _histogram(total: list[tuple[tuple[str, str], Tally]], span: Mapping[str, str]) -> dict[str, Any]:
    points = [
        {
            "attributes": _attributes(service=service, target=target),
            **span,
            "count": str(sum(tally.buckets)),
            "sum": tally.latency_sum,
            "bucketCounts": [str(count) for count in tally.buckets],
            "explicitBounds": list(BOUNDS),
        }
        for (service, target), tally in total
    ]
    kind = {"dataPoints": points, "aggregationTemporality": _CUMULATIVE}
    return {"name": "strangler.answer_time", "unit": "s", "histogram": kind}


def _attributes(**values: str) -> list[dict[str, Any]]:
    return list(_pairs(values))


def _pairs(values: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for key, value in values.items():
        yield {"key": key, "value": {"stringValue": value}}
