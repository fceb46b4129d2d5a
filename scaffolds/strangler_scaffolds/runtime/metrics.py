"""Counts calls by function and outcome; text in the format Prometheus reads."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import DefaultDict, Tuple

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_Key = Tuple[str, str]


class Metrics:
    """Counters and a latency histogram per (function, outcome)."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._lock = threading.Lock()
        self._counts: DefaultDict[_Key, int] = defaultdict(int)
        self._seconds: DefaultDict[str, float] = defaultdict(float)
        self._buckets: DefaultDict[Tuple[str, float], int] = defaultdict(int)

    def count(self, function: str, outcome: str, seconds: float = 0.0) -> None:
        """Note one call; ``outcome`` is a short word such as ``ok``, ``error``, ``unavailable``."""
        with self._lock:
            self._counts[function, outcome] += 1
            self._seconds[function] += seconds
            for bound in _BUCKETS:
                if seconds <= bound:
                    self._buckets[function, bound] += 1

    def value(self, function: str, outcome: str) -> int:
        """How many calls of ``function`` ended so."""
        with self._lock:
            return self._counts.get((function, outcome), 0)

    def text(self) -> str:
        """Everything, for a scrape."""
        with self._lock:
            counts, seconds, buckets = dict(self._counts), dict(self._seconds), dict(self._buckets)
        lines = [f"# TYPE {self._prefix}_calls_total counter"]
        for (function, outcome), number in sorted(counts.items()):
            lines.append(f'{self._prefix}_calls_total{{function="{function}",outcome="{outcome}"}} {number}')
        lines.append(f"# TYPE {self._prefix}_call_seconds histogram")
        for function in sorted(seconds):
            lines += self._histogram(function, counts, seconds[function], buckets)
        return "\n".join(lines) + "\n"

    def _histogram(self, function: str, counts, seconds: float, buckets) -> "list[str]":  # type: ignore[no-untyped-def]
        total = sum(number for (name, _), number in counts.items() if name == function)
        head = f"{self._prefix}_call_seconds"
        lines = [f'{head}_bucket{{function="{function}",le="{b}"}} {buckets.get((function, b), 0)}' for b in _BUCKETS]
        lines.append(f'{head}_bucket{{function="{function}",le="+Inf"}} {total}')
        return [
            *lines,
            f'{head}_sum{{function="{function}"}} {seconds:.6f}',
            f'{head}_count{{function="{function}"}} {total}',
        ]
