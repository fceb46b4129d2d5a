"""Figures and spans for a collector, in its own format; webhooks are tested with the rollouts that send them."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from strangler.errors import StranglerError
from strangler.plan import UsageSettings, Webhook, loads
from strangler_facade.channel import BOUNDS, UsageMessage
from strangler_facade.control.controller import Controller
from strangler_facade.control.exports.book import Book
from strangler_facade.control.exports.collector import Collector, sampled_share
from strangler_facade.control.exports.metrics import MetricsExporter
from strangler_facade.control.exports.spans import SpanExporter
from strangler_facade.control.exports.usage import UsageExport
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
    there = Collector("metrics", environment, on_note=notes.append, transport=httpx.MockTransport(collector))
    exporter = MetricsExporter(there)
    assert there.is_on
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
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"}
    exporter = MetricsExporter(
        Collector("metrics", environment, on_note=notes.append, transport=httpx.MockTransport(away))
    )
    asyncio.run(exporter.send(controller, Tallies()))
    asyncio.run(exporter.send(controller, Tallies()))
    store.close()
    assert notes == ["the OpenTelemetry collector at http://c/v1/metrics does not take our metrics: ConnectError"]


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c/"}, "http://c/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://d/x"}, "http://d/x"),
    ],
)
def test_the_standard_variables_say_where_spans_go(environment: dict[str, str], url: str) -> None:
    sent: list[str] = []

    def taken(request: httpx.Request) -> httpx.Response:
        sent.append(str(request.url))
        return httpx.Response(200)

    there = Collector("traces", environment, on_note=sent.append, transport=httpx.MockTransport(taken))
    assert there.is_on is bool(url)
    if url:
        assert asyncio.run(there.take({}))
        assert sent == [url]


@pytest.mark.parametrize(
    ("sampler", "argument", "share"),
    [("", "", 1), ("parentbased_always_off", "", 0), ("parentbased_traceidratio", "0.25", 0.25), ("always_on", "", 1)],
)
def test_the_standard_variables_say_how_many_are_sampled(sampler: str, argument: str, share: float) -> None:
    named = {"OTEL_TRACES_SAMPLER": sampler, "OTEL_TRACES_SAMPLER_ARG": argument}
    assert sampled_share({name: value for name, value in named.items() if value}) == share


@pytest.mark.parametrize("argument", ["2", "many"])
def test_a_sampler_that_is_none_is_said(argument: str) -> None:
    with pytest.raises(StranglerError, match="make no sampler"):
        sampled_share({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": argument})


SPAN = {
    "trace": "0af7651916cd43dd8448eb211c80319c",
    "span": "b7ad6b7169203331",
    "parent": "00f067aa0ba902b7",
    "begin": 1_700_000_000_000_000_000,
    "end": 1_700_000_000_250_000_000,
    "method": "GET",
    "path": "/api/7",
    "host": "shop.example",
    "client": "192.0.2.7",
    "status": 502,
    "reason": "the connection was reset",
    "route": "billing.0",
    "template": "/api/**",
    "service": "billing",
    "target": "billing",
    "fell_back": True,
    "version": 3,
}


def _exported(answers: list[int], count: int) -> tuple[SpanExporter, list[dict[str, Any]]]:
    """An exporter that has tried to send so many spans, to a collector that answers in turn; what it was sent."""
    bodies: list[dict[str, Any]] = []

    def collector(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(answers.pop(0))

    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SERVICE_NAME": "front"}
    there = Collector("traces", environment, on_note=lambda note: None, transport=httpx.MockTransport(collector))
    exporter = SpanExporter(there)
    exporter.gather({**SPAN, "span": f"{number:016x}"} for number in range(1, count + 1))
    while answers:
        asyncio.run(exporter.send())
    return exporter, bodies


def _sent(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [span for body in bodies for span in body["resourceSpans"][0]["scopeSpans"][0]["spans"]]


def test_spans_go_out_once_a_busy_collector_takes_them() -> None:
    _, bodies = _exported([503, 200, 200, 200], 1200)
    assert [len(_sent([body])) for body in bodies] == [500, 500, 500, 200]
    assert len({span["spanId"] for span in _sent(bodies[1:])}) == 1200


def test_spans_that_a_collector_will_never_take_are_not_sent_again() -> None:
    _, bodies = _exported([400], 3)
    assert len(bodies) == 1


def test_only_so_many_spans_wait_and_the_oldest_give_way() -> None:
    exporter, _ = _exported([], 20_010)
    assert exporter.lost == 10


def test_a_span_says_what_became_of_the_request() -> None:
    _, bodies = _exported([200], 1)
    assert bodies[0]["resourceSpans"][0]["resource"]["attributes"][0]["value"] == {"stringValue": "front"}
    (span,) = _sent(bodies)
    assert (span["name"], span["kind"], span["parentSpanId"]) == ("GET /api/**", 2, "00f067aa0ba902b7")
    assert span["status"] == {"code": 2, "message": "the connection was reset"}
    described = {item["key"]: item["value"] for item in span["attributes"]}
    assert described["http.response.status_code"] == {"intValue": "502"}
    assert described["strangler.fell_back"] == {"boolValue": True}


@pytest.mark.real
def test_opentelemetrys_own_messages_read_ours(tmp_path: Path) -> None:
    """The published protobuf definitions accept what is sent; they refuse fields that they do not know."""
    if not os.environ.get("STRANGLER_REAL"):
        pytest.skip("NOT RUN: needs opentelemetry-proto; .ci/steps/51-facade-control installs it")
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    _, bodies = _exported([200], 1)
    (span,) = ParseDict(bodies[0], ExportTraceServiceRequest()).resource_spans[0].scope_spans[0].spans
    assert span.end_time_unix_nano - span.start_time_unix_nano == 250_000_000
    assert span.attributes[1].value.int_value == 502


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


NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def _batch(number: int, *counts: tuple[str, str, int], life: str = "one") -> UsageMessage:
    return {"type": "usage", "life": life, "number": number, "counts": list(counts)}


def test_counts_become_events_once_and_stay_until_they_are_told(tmp_path: Path) -> None:
    book = Book(tmp_path / "usage.sqlite3")
    book.take(_batch(1, ("acme", "billing", 3), ("", "billing", 9), ("Not A Tenant", "billing", 9)), NOON)
    book.take(_batch(1, ("acme", "billing", 3)), NOON)  # sent again: it was never confirmed
    book.take(_batch(2, ("acme", "billing", 4), ("acme", "", 1)), NOON + timedelta(hours=1))
    book.take(_batch(1, ("acme", "billing", 10), life="two"), NOON + timedelta(days=1))
    first = [(event.tenant, event.service, event.quantity, event.at[:10]) for event in book.events(10)]
    assert first == [
        ("acme", "billing", 7, "2026-11-29"),
        ("acme", "monolith", 1, "2026-11-29"),
        ("acme", "billing", 10, "2026-11-30"),
    ]
    book.take(_batch(3, ("acme", "billing", 1)), NOON)
    assert len(book.events(10)) == 3  # what is on its way never changes
    book.told(book.events(2))
    assert [event.quantity for event in book.events(10)] == [10]
    book.told(book.events(10))
    assert [event.quantity for event in book.events(10)] == [1]
    book.close()


def test_a_book_goes_on_where_it_was_left_under_the_same_name(tmp_path: Path) -> None:
    book = Book(tmp_path / "usage.sqlite3")
    book.take(_batch(5, ("acme", "billing", 3)), NOON)
    source, (event,) = book.source, book.events(10)
    book.told([event])
    book.close()
    again = Book(tmp_path / "usage.sqlite3")
    again.take(_batch(5, ("acme", "billing", 3)), NOON)
    again.take(_batch(6, ("acme", "billing", 2)), NOON)
    (later,) = again.events(10)
    assert (again.source, later.quantity) == (source, 2) and later.id > event.id
    again.close()


class Counting:
    """A SaaS control plane that loses every third answer; it counts by (source, id)."""

    def __init__(self) -> None:
        self.asked = 0
        self.seen: dict[tuple[str, str], int] = {}
        self.refusal = 0
        self.tokens: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.tokens.add(request.headers["authorization"])
        if self.refusal:
            return httpx.Response(self.refusal)
        for event in json.loads(request.content)["events"]:
            self.seen[event["source"], event["id"]] = event["quantity"]
        if self.asked % 3 == 0:
            raise httpx.ReadError("cut")
        return httpx.Response(200, json={"accepted": 1, "duplicates": 0, "conflicts": []})


def test_usage_is_told_until_it_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plane, notes, total = Counting(), list[str](), 0
    monkeypatch.setenv("METER", "secret")
    settings = UsageSettings(url="http://plane.example/", token_env="METER")
    export = UsageExport(settings, tmp_path, on_note=notes.append, transport=httpx.MockTransport(plane))
    for number in range(1, 20):
        assert export.take(_batch(number, ("acme", "billing", number), ("maple", "", 1)))
        total += number + 1
        asyncio.run(export.send())
    asyncio.run(export.send())
    asyncio.run(export.send())
    export.close()
    assert sum(plane.seen.values()) == total and plane.tokens == {"Bearer secret"}
    assert set(notes) == {"usage waits: http://plane.example/v1/usage does not answer: ReadError"}


def test_usage_that_is_refused_waits_and_the_reason_is_said_once(tmp_path: Path) -> None:
    plane, notes = Counting(), list[str]()
    plane.asked = 1  # so that the answer to the third is not lost
    settings = UsageSettings(url="http://plane.example")
    export = UsageExport(settings, tmp_path, on_note=notes.append, transport=httpx.MockTransport(plane))
    export.take(_batch(1, ("acme", "billing", 5)))
    plane.refusal = 401
    asyncio.run(export.send())
    asyncio.run(export.send())
    plane.refusal = 0
    asyncio.run(export.send())
    export.close()
    hint = "is the token in STRANGLER_USAGE_TOKEN?"
    assert notes == [f"usage waits: http://plane.example/v1/usage says 401; {hint}"]
    assert list(plane.seen.values()) == [5]


def test_a_batch_that_could_not_be_written_is_left_to_the_worker(tmp_path: Path) -> None:
    notes = list[str]()
    export = UsageExport(UsageSettings(url="http://plane.example"), tmp_path, on_note=notes.append)
    export.close()
    assert not export.take(_batch(1, ("acme", "billing", 5)))
    assert "cannot be written down" in notes[0]
    assert UsageExport(None, tmp_path, on_note=notes.append).take(_batch(1, ("acme", "billing", 5)))
