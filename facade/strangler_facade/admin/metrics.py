"""The facade's figures in Prometheus' text format (version 0.0.4), and whether it is well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from strangler.model import Stage
from strangler_facade.admin.guardian import Viewer
from strangler_facade.admin.services import plane
from strangler_facade.channel import BOUNDS
from strangler_facade.control.plane import ControlPlane
from strangler_facade.control.tallies import Tally

router = APIRouter()

_SHAPE = {"schema": {"$ref": "#/components/schemas/ErrorView"}}
_REFUSAL: dict[int | str, dict[str, Any]] = {401: {"description": "No token", "content": {"application/json": _SHAPE}}}

_COUNTERS = (
    ("requests", "Requests a target was meant to answer."),
    ("failures", "Of these, 5xx, no answer, or not even sent; counted before any fallback."),
    ("skipped", "Requests a breaker, health check or limit kept from the target."),
    ("fallbacks", "Requests that the fallback target answered instead."),
    ("keyless", "Requests that could be split, but carried no sticky key."),
    ("indeterminate", "Requests of which nobody knows whether they took effect."),
)
_MIRRORED = (
    ("sent", "Mirrored requests sent on by the shadow process."),
    ("dropped", "Mirrored requests it left out, since too many were under way."),
    ("second_looks", "Times the monolith was asked again since answers differed."),
    ("forgotten", "Answers it had no room to remember the differences of."),
)


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz(request: Request) -> str:
    """Answers if the control plane does; needs no token."""
    return "ok\n"


@router.get("/metrics", response_class=PlainTextResponse, responses=_REFUSAL)
async def metrics(request: Request, who: Viewer) -> PlainTextResponse:
    """Everything that is counted, for Prometheus."""
    text = "".join(f"{line}\n" for line in lines(plane(request)))
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def lines(control: ControlPlane) -> Iterator[str]:
    """The exposition, line by line."""
    total = sorted(control.tallies.total().items())
    for name, text in _COUNTERS:
        yield from _head(f"strangler_{name}_total", text, "counter")
        for (service, target), tally in total:
            yield f"strangler_{name}_total{_labels(service=service, target=target)} {getattr(tally, name)}"
    yield from _head("strangler_answer_seconds", "Time to the head of a target's answer.", "histogram")
    for (service, target), tally in total:
        yield from _histogram(service, target, tally)
    yield from _services(control)
    yield from _workers(control)


def _services(control: ControlPlane) -> Iterator[str]:
    controller = control.controller
    yield from _head("strangler_weight_percent", "Share of the users at the service.", "gauge")
    for name in sorted(controller.routes.rules):
        yield f"strangler_weight_percent{_labels(service=name)} {controller.position(name).weight:g}"
    yield from _head("strangler_stage", "1 for the stage the service is at.", "gauge")
    for name in sorted(controller.routes.rules):
        for stage in Stage:
            here = int(controller.stage(name) is stage)
            yield f"strangler_stage{_labels(service=name, stage=str(stage))} {here}"
    for counter in ("compared", "differing", "moved_on", "unanswered"):
        yield from _head(f"strangler_shadow_{counter}_total", f"Shadowed requests: {counter}.", "counter")
        for route, found in sorted(control.watch.differences.items()):
            yield f"strangler_shadow_{counter}_total{_labels(route=route)} {found[counter]}"
    for counter, text in _MIRRORED:
        yield from _head(f"strangler_shadow_{counter}_total", text, "counter")
        yield f"strangler_shadow_{counter}_total {control.watch.mirrored.get(counter, 0)}"


def _workers(control: ControlPlane) -> Iterator[str]:
    yield from _head("strangler_table_version", "The version a worker routes by.", "gauge")
    workers = control.tallies.workers()
    for message in workers:
        yield f"strangler_table_version{_labels(worker=str(message['worker']))} {message['version']}"
    for gauge in sorted({name for message in workers for name in message["gauges"]}):
        yield from _head(f"strangler_worker_{gauge}", "A worker's own gauge.", "gauge")
        for message in workers:
            value = message["gauges"].get(gauge, 0)
            yield f"strangler_worker_{gauge}{_labels(worker=str(message['worker']))} {value:g}"
    yield from _head("strangler_owed_audit_entries", "Audit entries that wait for room on the disk.", "gauge")
    yield f"strangler_owed_audit_entries {control.controller.owed}"


def _histogram(service: str, target: str, tally: Tally) -> Iterator[str]:
    seen = 0
    for bound, count in zip((*BOUNDS, float("inf")), tally.buckets, strict=True):
        seen += count
        edge = "+Inf" if bound == float("inf") else f"{bound:g}"
        yield f"strangler_answer_seconds_bucket{_labels(service=service, target=target, le=edge)} {seen}"
    labels = _labels(service=service, target=target)
    yield f"strangler_answer_seconds_sum{labels} {tally.latency_sum:g}"
    yield f"strangler_answer_seconds_count{labels} {seen}"


def _head(name: str, text: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"


def _labels(**labels: str) -> str:
    escaped = (
        f'{name}="{value.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"'
        for name, value in labels.items()
    )
    return "{" + ",".join(escaped) + "}"
