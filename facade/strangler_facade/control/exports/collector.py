"""An OpenTelemetry collector: where it is, by the standard environment variables, and how it is told (OTLP, JSON)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import httpx

from strangler.errors import StranglerError

_RETRYABLE = (429, 502, 503, 504)  # as the OTLP specification has it; what is refused otherwise would be again
Signal = Literal["metrics", "traces"]


class Collector:
    """Takes one kind of signal; what it does not take is noted once until it does again.

    ``OTEL_EXPORTER_OTLP_ENDPOINT`` or ``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`` (``…METRICS…``) say where, the same with
    ``HEADERS`` what is sent along; ``OTEL_TRACES_EXPORTER=none`` (``…METRICS…``) switches the signal off.
    """

    def __init__(
        self,
        signal: Signal,
        environment: Mapping[str, str],
        *,
        on_note: Callable[[str], None],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Read where to send to; whether there is such a place is ``is_on``."""
        own, common = f"OTEL_EXPORTER_OTLP_{signal.upper()}", "OTEL_EXPORTER_OTLP"
        base = environment.get(f"{common}_ENDPOINT", "").rstrip("/")
        self._url = environment.get(f"{own}_ENDPOINT") or (f"{base}/v1/{signal}" if base else "")
        if environment.get(f"OTEL_{signal.upper()}_EXPORTER", "otlp") == "none":
            self._url = ""
        headers = environment.get(f"{own}_HEADERS") or environment.get(f"{common}_HEADERS", "")
        pairs = (pair.partition("=") for pair in headers.split(","))
        self._headers = {name.strip(): value.strip() for name, equals, value in pairs if equals}
        name = environment.get("OTEL_SERVICE_NAME", "strangler-facade")
        self.resource = {"attributes": attributes(**{"service.name": name})}
        self._signal, self._note, self._transport = signal, on_note, transport
        self._failing = False

    @property
    def is_on(self) -> bool:
        """Whether the environment names a collector."""
        return bool(self._url)

    async def take(self, body: Mapping[str, Any]) -> bool:
        """Send one request; False if it should be sent again, because the collector is away or busy."""
        try:
            async with httpx.AsyncClient(timeout=5.0, transport=self._transport) as client:
                answer = await client.post(self._url, json=body, headers=self._headers)
            trouble = "" if answer.is_success else str(answer.status_code)
            again = answer.status_code in _RETRYABLE
        except httpx.HTTPError as error:
            trouble, again = type(error).__name__, True
        if trouble and not self._failing:
            self._note(f"the OpenTelemetry collector at {self._url} does not take our {self._signal}: {trouble}")
        self._failing = bool(trouble)
        return not again


def attributes(**values: str | int | bool) -> list[dict[str, Any]]:
    """Attributes in OTLP's JSON form."""
    return list(_pairs(values))


def _pairs(values: Mapping[str, str | int | bool]) -> Iterator[dict[str, Any]]:
    for key, value in values.items():
        if isinstance(value, bool):
            yield {"key": key, "value": {"boolValue": value}}
        elif isinstance(value, int):
            yield {"key": key, "value": {"intValue": str(value)}}
        else:
            yield {"key": key, "value": {"stringValue": value}}


def sampled_share(environment: Mapping[str, str]) -> float:
    """The share of new traces that is sampled (``OTEL_TRACES_SAMPLER``); a client's own decision always holds.

    Raises:
        StranglerError: the sampler is unknown, or its argument is no share.
    """
    sampler = environment.get("OTEL_TRACES_SAMPLER", "parentbased_always_on").removeprefix("parentbased_")
    if sampler in ("always_on", "always_off"):
        return float(sampler == "always_on")
    try:
        share = float(environment.get("OTEL_TRACES_SAMPLER_ARG", "1"))
    except ValueError:
        share = -1.0
    if sampler != "traceidratio" or not 0 <= share <= 1:
        hint = "parentbased_always_on, parentbased_always_off, or parentbased_traceidratio with an argument from 0 to 1"
        raise StranglerError("OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG make no sampler", hint=hint)
    return share
