"""Adds up what the workers count, over their restarts, so that every figure only ever rises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from strangler_facade.channel import BOUNDS

Key = tuple[str, str]
_COUNTERS = ("requests", "failures", "skipped", "fallbacks", "indeterminate", "keyless")


@dataclass
class Tally:
    """One target's figures for one service's routes ("": the monolith's own), as ``channel.TallyRecord`` has them."""

    requests: int = 0
    failures: int = 0
    skipped: int = 0
    fallbacks: int = 0
    indeterminate: int = 0
    keyless: int = 0
    latency_sum: float = 0.0
    statuses: list[int] = field(default_factory=lambda: [0] * 6)
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, record: Mapping[str, Any], sign: int = 1) -> None:
        """Add a worker's record, or take it off again."""
        for name in _COUNTERS:
            setattr(self, name, getattr(self, name) + sign * record.get(name, 0))
        self.latency_sum += sign * record.get("latency_sum", 0.0)
        self.statuses = [a + sign * b for a, b in zip(self.statuses, record["statuses"], strict=True)]
        self.buckets = [a + sign * b for a, b in zip(self.buckets, record["buckets"], strict=True)]


class Tallies:
    """The newest message of each worker, and the last words of those that are gone."""

    def __init__(self) -> None:
        self._live: dict[int, Mapping[str, Any]] = {}
        self._gone: dict[Key, Tally] = {}
        self._base: dict[int, dict[Key, Tally] | None] = {}

    def adopted(self, pid: int) -> None:
        """A worker was counting before we watched: what it says first is where its counting begins for us."""
        self._base[pid] = None

    def take(self, message: Mapping[str, Any]) -> None:
        """Take a worker's ``metrics`` message; what the same process said before is forgotten."""
        pid = message["pid"]
        if pid in self._base and self._base[pid] is None:
            self._base[pid] = _summed(message["tallies"])
        self._live[pid] = message

    def lost(self, pid: int) -> None:
        """A worker process is gone: keep its last figures."""
        message = self._live.pop(pid, None)
        if message is not None:
            self._add(self._gone, pid, message)
        self._base.pop(pid, None)

    def total(self) -> dict[Key, Tally]:
        """(service, target) → the sum over all workers, dead ones included."""
        sums: dict[Key, Tally] = {}
        for key, tally in self._gone.items():
            sums.setdefault(key, Tally()).add(vars(tally))
        for pid, message in self._live.items():
            self._add(sums, pid, message)
        return sums

    def _add(self, sums: dict[Key, Tally], pid: int, message: Mapping[str, Any]) -> None:
        base = self._base.get(pid) or {}
        for key, tally in _summed(message["tallies"]).items():
            sums.setdefault(key, Tally()).add(vars(tally))
            if key in base:
                sums[key].add(vars(base[key]), -1)

    def workers(self) -> list[Mapping[str, Any]]:
        """The newest message of each living worker, by worker number."""
        return sorted(self._live.values(), key=lambda message: int(message["worker"]))


def _summed(records: Iterable[Mapping[str, Any]]) -> dict[Key, Tally]:
    """A worker's records, which are by route, by service."""
    sums: dict[Key, Tally] = {}
    for record in records:
        sums.setdefault((service_of(record["route"]), record["target"]), Tally()).add(record)
    return sums


def service_of(route: str) -> str:
    """The service a route was compiled from, by its name; "" for traffic that no route matched."""
    return route.rpartition(".")[0]
