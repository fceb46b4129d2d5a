"""What two targets did for the same routes over the same time, as differences of cumulative counters."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

STARTS_PER_SECOND = 4
"""How often a window begins."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Requests, those that failed, and how many answers began within each latency bucket (``channel.BOUNDS``)."""

    requests: int = 0
    failures: int = 0
    buckets: tuple[int, ...] = ()

    def since(self, earlier: Counts, *, buckets: bool = True) -> Counts:
        """What was added after ``earlier``, an older reading of the same counters; the dear part only if asked."""
        added = _combined(self.buckets, earlier.buckets, -1) if buckets else ()
        return Counts(self.requests - earlier.requests, self.failures - earlier.failures, added)

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        buckets = _combined(self.buckets, other.buckets, 1)
        return Counts(self.requests + other.requests, self.failures + other.failures, buckets)


def _combined(left: tuple[int, ...], right: tuple[int, ...], sign: int) -> tuple[int, ...]:
    if not right:
        return left
    left = left or (0,) * len(right)
    return tuple(a + sign * b for a, b in zip(left, right, strict=True))


@dataclass(frozen=True, slots=True)
class Reading:
    """The counters of service and monolith for one service's routes, and the shadow's, at one moment.

    Of ``shadowed`` requests ``unanswered`` had no answer from the service; ``compared`` are those whose noise is known.
    Of these ``differing`` differed, and ``moved_on`` differed only in what the monolith answered otherwise by then.
    ``keyless`` requests could be split, but carried nothing that their user is known by.
    """

    at: float = 0.0
    service: Counts = Counts()
    monolith: Counts = Counts()
    compared: int = 0
    differing: int = 0
    keyless: int = 0
    shadowed: int = 0
    unanswered: int = 0
    moved_on: int = 0

    def since(self, earlier: Reading, *, buckets: bool = True) -> Reading:
        """The window between the two readings; ``at`` becomes its length in seconds."""
        return Reading(
            self.at - earlier.at,
            self.service.since(earlier.service, buckets=buckets),
            self.monolith.since(earlier.monolith, buckets=buckets),
            self.compared - earlier.compared,
            self.differing - earlier.differing,
            self.keyless - earlier.keyless,
            self.shadowed - earlier.shadowed,
            self.unanswered - earlier.unanswered,
            self.moved_on - earlier.moved_on,
        )


# Of sums of seconds: a tick that is due must not count as one that comes too early.
_ROUNDING = 1e-9


class Windows:
    """The readings that windows may start from: close together lately, ever further apart back to the first.

    A window starts every ``spacing`` seconds; of older ones about eight are kept per doubling of age.
    """

    def __init__(self, first: Reading, *, spacing: float = 1 / STARTS_PER_SECOND) -> None:
        self._spacing = spacing
        self._starts = deque([first])
        self.now = first

    def add(self, reading: Reading) -> None:
        """Take the newest reading; it becomes a start if the last one is old enough."""
        self.now = reading
        if reading.at - self._starts[-1].at >= self._spacing - _ROUNDING:
            self._starts.append(reading)
            self._thin(reading.at)

    def _thin(self, now: float) -> None:
        kept: list[Reading] = []
        for start in self._starts:
            gap = (now - start.at) / 8
            if not kept or start.at - kept[-1].at >= gap or now - start.at < 16 * self._spacing:
                kept.append(start)
        self._starts = deque(kept)

    def all(self, *, buckets: bool = True) -> list[Reading]:
        """Every window that ends now, the longest first; without latencies if they are not asked for."""
        return [self.now.since(start, buckets=buckets) for start in self._starts if start is not self.now]

    @property
    def whole(self) -> Reading:
        """The window since the first reading."""
        return self.now.since(self._starts[0])
