"""Sends the facade's figures to an OpenTelemetry collector."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from strangler_facade.channel import BOUNDS
from strangler_facade.control.controller import Controller
from strangler_facade.control.exports.collector import Collector, attributes
from strangler_facade.control.tallies import Tallies, Tally

PERIOD_SECONDS = 10.0
_CUMULATIVE = 2  # AGGREGATION_TEMPORALITY_CUMULATIVE
_COUNTERS = ("requests", "failures", "skipped", "fallbacks", "indeterminate", "keyless")


class MetricsExporter:
    """Everything that is counted, cumulatively since it was made."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._begun = time.time_ns()

    async def send(self, controller: Controller, tallies: Tallies) -> None:
        """Send everything once."""
        body = message(self._collector.resource, (self._begun, time.time_ns()), controller, tallies)
        await self._collector.take(body)


def message(
    resource: Mapping[str, Any], period: tuple[int, int], controller: Controller, tallies: Tallies
) -> dict[str, Any]:
    """An ``ExportMetricsServiceRequest``; the period's begin and end are nanoseconds since the epoch."""
    begun, now = period
    span = {"startTimeUnixNano": str(begun), "timeUnixNano": str(now)}
    total = sorted(tallies.total().items())
    metrics = [_sum(counter, total, span) for counter in _COUNTERS]
    metrics.append(_histogram(total, span))
    weights = [
        {"attributes": attributes(service=service), "timeUnixNano": str(now), "asDouble": position.weight}
        for service, position in sorted(controller.routes.positions.items())
    ]
    metrics.append({"name": "strangler.weight", "unit": "%", "gauge": {"dataPoints": weights}})
    scope = {"scope": {"name": "strangler_facade"}, "metrics": metrics}
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [scope]}]}


def _sum(counter: str, total: list[tuple[tuple[str, str], Tally]], span: Mapping[str, str]) -> dict[str, Any]:
    points = [
        {"attributes": attributes(service=service, target=target), **span, "asInt": str(getattr(tally, counter))}
        for (service, target), tally in total
    ]
    kind = {"dataPoints": points, "aggregationTemporality": _CUMULATIVE, "isMonotonic": True}
    return {"name": f"strangler.{counter}", "unit": "{request}", "sum": kind}


def _histogram(total: list[tuple[tuple[str, str], Tally]], span: Mapping[str, str]) -> dict[str, Any]:
    points = [
        {
            "attributes": attributes(service=service, target=target),
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
