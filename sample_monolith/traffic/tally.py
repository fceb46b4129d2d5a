"""Counting what happened."""

import threading
from array import array
from collections import Counter
from dataclasses import asdict, dataclass, field

KEPT_FAILURES = 20
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True)
class Report:
    done: bool
    seconds: float
    requests: int
    failed: int
    indeterminate: int
    writes: int
    keyed: int
    journeys: int
    by_method: dict[str, int] = field(default_factory=dict)
    by_family: dict[str, int] = field(default_factory=dict)
    by_served_by: dict[str, int] = field(default_factory=dict)
    by_status: dict[str, int] = field(default_factory=dict)
    failed_by_family: dict[str, int] = field(default_factory=dict)
    latency_ms: Latency = Latency(0.0, 0.0, 0.0, 0.0)
    failures: tuple[str, ...] = ()

    def to_dict(self) -> dict:
        return asdict(self)


def family_of(path: str) -> str:
    parts = path.split("?")[0].strip("/").split("/")
    if parts[0] == "api" and len(parts) > 1:
        return parts[1]
    return "static" if parts[0] == "static" else "web"


class Tally:
    def __init__(self):
        self._lock = threading.Lock()
        self._microseconds = array("L")
        self._counts = Counter()
        self._methods = Counter()
        self._families = Counter()
        self._served_by = Counter()
        self._statuses = Counter()
        self._failed_families = Counter()
        self._failures: list[str] = []

    def answered(self, method, path, status, served_by, seconds, keyed) -> None:
        """A request was made; `status` is None when no whole answer came."""
        with self._lock:
            self._counts["requests"] += 1
            self._counts["writes"] += method in WRITES
            self._counts["keyed"] += keyed
            self._methods[method] += 1
            self._families[family_of(path)] += 1
            self._statuses[str(status or "none")] += 1
            if status is not None:
                self._served_by[served_by or "-"] += 1
                self._microseconds.append(min(int(seconds * 1_000_000), 2**32 - 1))

    def failed(self, method: str, path: str, why: str) -> None:
        with self._lock:
            self._counts["failed"] += 1
            self._failed_families[family_of(path)] += 1
            if len(self._failures) < KEPT_FAILURES:
                self._failures.append(f"{method} {path}: {why}")

    def indeterminate(self) -> None:
        with self._lock:
            self._counts["indeterminate"] += 1

    def journey(self) -> None:
        with self._lock:
            self._counts["journeys"] += 1

    def report(self, seconds: float, done: bool) -> Report:
        with self._lock:
            ordered = sorted(self._microseconds)
            return Report(
                done=done,
                seconds=round(seconds, 3),
                requests=self._counts["requests"],
                failed=self._counts["failed"],
                indeterminate=self._counts["indeterminate"],
                writes=self._counts["writes"],
                keyed=self._counts["keyed"],
                journeys=self._counts["journeys"],
                by_method=dict(sorted(self._methods.items())),
                by_family=dict(sorted(self._families.items())),
                by_served_by=dict(sorted(self._served_by.items())),
                by_status=dict(sorted(self._statuses.items())),
                failed_by_family=dict(sorted(self._failed_families.items())),
                latency_ms=Latency(
                    p50=_percentile(ordered, 50),
                    p95=_percentile(ordered, 95),
                    p99=_percentile(ordered, 99),
                    max=_percentile(ordered, 100),
                ),
                failures=tuple(self._failures),
            )


def _percentile(ordered, percent: int) -> float:
    """Nearest rank, in milliseconds."""
    if not ordered:
        return 0.0
    rank = max(1, -(-len(ordered) * percent // 100))
    return round(ordered[rank - 1] / 1000, 2)
