"""Adds up what the workers count, over their restarts, so that every figure only ever rises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from strangler_facade.channel import BOUNDS

Key = tuple[str, str]
_COUNTERS = ("requests", "failures", "skipped", "fallbacks", "indeterminate")


@dataclass
class Tally:
    """One target's figures for one service's routes ("": the monolith's own), as ``channel.TallyRecord`` has them."""

    requests: int = 0
    failures: int = 0
    skipped: int = 0
    fallbacks: int = 0
    indeterminate: int = 0
    latency_sum: float = 0.0
    statuses: list[int] = field(default_factory=lambda: [0] * 6)
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, record: Mapping[str, Any]) -> None:
        """Add a worker's record."""
        for name in _COUNTERS:
            setattr(self, name, getattr(self, name) + record.get(name, 0))
        self.latency_sum += record.get("latency_sum", 0.0)
        self.statuses = [a + b for a, b in zip(self.statuses, record["statuses"], strict=True)]
        self.buckets = [a + b for a, b in zip(self.buckets, record["buckets"], strict=True)]


class Tallies:
    """The newest message of each worker, and the last words of those that are gone."""

    def __init__(self) -> None:
        self._live: dict[int, Mapping[str, Any]] = {}
        self._gone: dict[Key, Tally] = {}
        self._names: dict[int, str] = {}

    def take(self, message: Mapping[str, Any]) -> None:
        """Take a worker's ``metrics`` message; what the same process said before is forgotten."""
        self._live[message["pid"]] = message

    def lost(self, pid: int) -> None:
        """A worker process is gone: keep its last figures."""
        message = self._live.pop(pid, None)
        if message is not None:
            _add(self._gone, message["tallies"])

    def total(self) -> dict[Key, Tally]:
        """(service, target) → the sum over all workers, dead ones included."""
        sums: dict[Key, Tally] = {}
        for key, tally in self._gone.items():
            sums.setdefault(key, Tally()).add(vars(tally))
        for message in self._live.values():
            _add(sums, message["tallies"])
        return sums

    def workers(self) -> list[Mapping[str, Any]]:
        """The newest message of each living worker, by worker number."""
        return sorted(self._live.values(), key=lambda message: int(message["worker"]))


def _add(sums: dict[Key, Tally], records: Iterable[Mapping[str, Any]]) -> None:
    for record in records:
        sums.setdefault((service_of(record["route"]), record["target"]), Tally()).add(record)


def service_of(route: str) -> str:
    """The service a route was compiled from, by its name; "" for traffic that no route matched."""
    return route.rpartition(".")[0]
