"""Counters in preallocated lists, one set for each route and target."""

from __future__ import annotations

from bisect import bisect_left

from strangler_facade.channel import BOUNDS, TallyRecord
from strangler_facade.plane.records.usage import Usage


class Tally:
    """What one target did for one route (``channel.TallyRecord`` says what each figure means)."""

    __slots__ = (
        "buckets",
        "failures",
        "fallbacks",
        "indeterminate",
        "keyless",
        "latency_sum",
        "requests",
        "route",
        "skipped",
        "statuses",
        "target",
    )

    def __init__(self, route: str, target: str) -> None:
        self.route, self.target = route, target
        self.requests = self.failures = self.skipped = self.fallbacks = self.indeterminate = self.keyless = 0
        self.statuses = [0] * 6
        self.latency_sum = 0.0
        self.buckets = [0] * (len(BOUNDS) + 1)

    def answered(self, status: int, seconds: float) -> None:
        """The target's answer began after ``seconds``."""
        self.requests += 1
        self.statuses[status // 100] += 1
        if status >= 500:
            self.failures += 1
        self.latency_sum += seconds
        self.buckets[bisect_left(BOUNDS, seconds)] += 1

    def failed(self, seconds: float) -> None:
        """The target gave no answer."""
        self.requests += 1
        self.failures += 1
        self.statuses[0] += 1
        self.latency_sum += seconds
        self.buckets[bisect_left(BOUNDS, seconds)] += 1

    def passed_over(self) -> None:
        """The target was not asked, for its breaker, probe or limit."""
        self.requests += 1
        self.failures += 1
        self.skipped += 1
        self.statuses[0] += 1

    def record(self) -> TallyRecord:
        """The figures as they are now."""
        return {
            "route": self.route,
            "target": self.target,
            "requests": self.requests,
            "statuses": list(self.statuses),
            "failures": self.failures,
            "skipped": self.skipped,
            "fallbacks": self.fallbacks,
            "indeterminate": self.indeterminate,
            "keyless": self.keyless,
            "latency_sum": self.latency_sum,
            "buckets": list(self.buckets),
        }


class Ledger:
    """All tallies of a worker. They outlive route tables: a figure never falls."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str], Tally] = {}
        self.usage = Usage()
        self.refused = 0

    def tally(self, route: str, target: str) -> Tally:
        """The tally of a route and target."""
        found = self._tallies.get((route, target))
        if found is None:
            found = self._tallies[route, target] = Tally(route, target)
        return found

    def records(self) -> list[TallyRecord]:
        """Every tally with something in it."""
        return [tally.record() for tally in self._tallies.values() if tally.requests]

    def requests(self) -> int:
        """How many requests targets have been given."""
        return sum(tally.requests for tally in self._tallies.values())
