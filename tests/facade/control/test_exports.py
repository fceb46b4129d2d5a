"""Figures for a collector, in its own format; webhooks are tested with the rollouts that send them (test_watch)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from strangler.plan import Webhook, loads
from strangler_facade.channel import BOUNDS
from strangler_facade.control.controller import Controller
from strangler_facade.control.exports.otlp import Exporter
from strangler_facade.control.exports.webhooks import Webhooks
from strangler_facade.control.store import Store
from strangler_facade.control.tallies import Tallies


class FakePlane:
    async def apply(self, version: int, table: Mapping[str, Any]) -> None:
        """Take it."""


def _tallies() -> Tallies:
    buckets = [0] * (len(BOUNDS) + 1)
    buckets[3] = 5
    record = {"route": "billing.0", "target": "billing", "requests": 5, "failures": 1, "latency_sum": 0.5}
    tallies = Tallies()
    tallies.take({"pid": 1, "worker": 0, "tallies": [{**record, "statuses": [0] * 6, "buckets": buckets}]})
    return tallies


def test_a_collector_gets_sums_histogram_and_weights(tmp_path: Path) -> None:
    sent: list[httpx.Request] = []

    def collector(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    plan = loads("""
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}
services: {billing: {modules: [shop.b], routes: ["/api/**"], upstream: "http://127.0.0.1:8101"}}
""")
    store = Store(tmp_path / "state.sqlite3")
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/", "OTEL_EXPORTER_OTLP_HEADERS": "key=k, a=b"}
    notes: list[str] = []
    exporter = Exporter(environment, on_note=notes.append, transport=httpx.MockTransport(collector))
    assert exporter.is_on
    asyncio.run(exporter.send(Controller(store, plan, FakePlane()), _tallies()))
    store.close()
    (request,) = sent
    assert str(request.url) == "http://collector:4318/v1/metrics"
    assert (request.headers["key"], request.headers["a"]) == ("k", "b")
    (resource,) = json.loads(request.content)["resourceMetrics"]
    metrics = {metric["name"]: metric for metric in resource["scopeMetrics"][0]["metrics"]}
    (point,) = metrics["strangler.requests"]["sum"]["dataPoints"]
    assert point["asInt"] == "5"
    (point,) = metrics["strangler.answer_time"]["histogram"]["dataPoints"]
    assert len(point["bucketCounts"]) == len(point["explicitBounds"]) + 1
    assert metrics["strangler.weight"]["gauge"]["dataPoints"][0]["asDouble"] == 0
    assert notes == []


def test_a_collector_that_is_away_is_noted_once(tmp_path: Path) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    notes: list[str] = []
    plan = loads('{version: 1, monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}}')
    store = Store(tmp_path / "state.sqlite3")
    controller = Controller(store, plan, FakePlane())
    exporter = Exporter(
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"}, on_note=notes.append, transport=httpx.MockTransport(away)
    )
    asyncio.run(exporter.send(controller, Tallies()))
    asyncio.run(exporter.send(controller, Tallies()))
    store.close()
    assert notes == ["the OpenTelemetry collector at http://c does not take our figures: ConnectError"]
    assert not Exporter({}, on_note=notes.append).is_on


def test_a_webhook_that_is_away_delays_nobody_and_is_noted() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async def story() -> str:
        hooks = Webhooks(on_note=lambda note: None, transport=httpx.MockTransport(away))
        hook = Webhook(url="http://hooks.example")
        hooks.notify([hook], {"event": "x"})
        refusal = await hooks.ask([hook], {"event": "confirm"})
        await hooks.close()
        return refusal

    assert asyncio.run(story()) == "http://hooks.example does not answer: ConnectError"
