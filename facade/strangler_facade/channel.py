"""What the control plane and its workers say to each other: JSON messages, each behind its length, on a local socket.

The control plane listens on a Unix-domain socket in the state directory; each worker connects, says ``hello`` and
gets the table. A worker that loses the channel keeps the table it has and connects again. docs/reference/facade.md
lists every message.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from strangler.errors import StranglerError

LENGTH = struct.Struct(">I")
LARGEST = 64 * 1024 * 1024
"""The longest message either side accepts, in bytes: a table of some ten thousand routes is below it."""

BOUNDS = tuple(round(0.0001 * 2 ** (step / 4), 7) for step in range(76))
"""Upper bounds of the latency buckets, in seconds: 0.1 ms to 44 s, four to a doubling; one more takes the rest."""


class ChannelError(StranglerError):
    """What arrived is not a message; the connection cannot be used any further."""


class TableMessage(TypedDict):
    """Control to worker: use this table (``table.to_json``) for every request that begins from now on."""

    type: str  # "table"
    version: int
    table: Mapping[str, Any]


class IdentityMessage(TypedDict):
    """Control to worker: how sessions are verified. Keys travel here only, never in a table, which is stored."""

    type: str  # "identity"
    config: Mapping[str, Any]


class DrainMessage(TypedDict):
    """Control to worker: take no new connection, finish what has begun, leave within ``seconds``."""

    type: str  # "drain"
    seconds: float


class HelloMessage(TypedDict):
    """Worker to control, first of all."""

    type: str  # "hello"
    pid: int
    worker: int


class AppliedMessage(TypedDict):
    """Worker to control: every request that begins now is decided by this version."""

    type: str  # "applied"
    version: int


class RefusedMessage(TypedDict):
    """Worker to control: this version cannot be used, the one before it stays."""

    type: str  # "refused"
    version: int
    reason: str


class TallyRecord(TypedDict):
    """What one target did for one route since the worker began; every figure only ever rises.

    ``statuses`` counts the target's own answers by class (index 2 is 2xx … 5 is 5xx; 0 is no answer at all).
    ``failures`` are 5xx, no answer, and ``skipped``: requests that never left because the target's breaker, health or
    limit forbade it; all of them counted before a fallback hides them. ``fallbacks`` were answered by the fallback
    target in its place. ``keyless`` carried none of the sticky keys of a route that is split. ``buckets`` counts times
    to the head of an answer: bucket i holds those up to ``BOUNDS[i]``.
    """

    route: str
    target: str
    requests: int
    statuses: list[int]
    failures: int
    skipped: int
    fallbacks: int
    indeterminate: int
    keyless: int
    latency_sum: float
    buckets: list[int]


class MetricsMessage(TypedDict):
    """Worker to control, each 100 ms: the worker's cumulative counters."""

    type: str  # "metrics"
    worker: int
    pid: int
    version: int
    tallies: list[TallyRecord]
    breakers: Mapping[str, str]  # target → "closed", "open" or "half-open"
    healthy: Mapping[str, bool]
    gauges: Mapping[str, float]  # open connections, active requests, shadow records dropped …


class UsageMessage(TypedDict):
    """Worker to control, each second, if there is a tenant to be found: requests served since the batch before.

    ``life`` is the worker process. A batch is sent again until it is confirmed, and the next one only then. ``counts``
    are (tenant, service, requests), "" for no tenant and for the monolith's own routes.
    """

    type: str  # "usage"
    life: str
    number: int
    counts: list[tuple[str, str, int]]


class ConfirmedMessage(TypedDict):
    """Control to worker: usage batch ``number`` is written down."""

    type: str  # "confirmed"
    number: int


class SpanRecord(TypedDict):
    """One request as a worker saw it; identifiers in hexadecimal, times in nanoseconds since the epoch."""

    trace: str
    span: str
    parent: str
    begin: int
    end: int
    method: str
    path: str
    host: str
    client: str
    status: int
    reason: str
    route: str
    template: str
    service: str
    target: str
    fell_back: bool
    version: int


class SpansMessage(TypedDict):
    """Worker to control, where spans are wanted: the sampled requests that ended in the last 100 ms."""

    type: str  # "spans"
    spans: list[SpanRecord]


class DifferencesMessage(TypedDict):
    """Shadow process to control, when there is something new: what it has found (``shadow.findings``), and its counts.

    ``counts`` are the orders it has ``sent`` on and ``dropped``, how often it asked the monolith since answers differed
    (``second_looks``), and the records there was no room for (``forgotten``).
    ``silent`` is how many mirrored requests in a row a service has not answered, up to the last one.
    """

    type: str  # "differences"
    routes: Mapping[str, Any]
    counts: Mapping[str, int]
    silent: Mapping[str, int]


def encode(message: Mapping[str, Any]) -> bytes:
    """One message as it goes over the channel.

    Raises:
        ChannelError: it is longer than ``LARGEST``.
    """
    body = json.dumps(message, separators=(",", ":")).encode()
    if len(body) > LARGEST:
        raise ChannelError(f"a message of {len(body)} bytes is too long for the channel (at most {LARGEST})")
    return LENGTH.pack(len(body)) + body


class Frames:
    """Turns the bytes of a connection, cut anywhere, back into what was sent: bodies of ``least`` bytes or more."""

    def __init__(self, least: int = 0) -> None:
        self._least = least
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield every body that ``data`` completes.

        Raises:
            ChannelError: a length below ``least`` or beyond ``LARGEST``.
        """
        self._buffer += data
        while len(self._buffer) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._buffer)
            if length > LARGEST:
                raise ChannelError(f"a message of {length} bytes is too long for the channel (at most {LARGEST})")
            if length < self._least:
                raise ChannelError(f"a message of {length} bytes is too short for what it should be")
            end = LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[LENGTH.size : end])
            del self._buffer[:end]
            yield body


class Decoder:
    """Turns the bytes of a connection, cut anywhere, back into messages."""

    def __init__(self) -> None:
        self._frames = Frames()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Yield every message that ``data`` completes.

        Raises:
            ChannelError: a length beyond ``LARGEST``, or a body that is no JSON object with a ``type``.
        """
        return map(_message, self._frames.feed(data))


def _message(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise ChannelError("a message on the channel is not JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ChannelError("a message on the channel has no type")
    return message
