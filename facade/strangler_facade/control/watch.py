"""Watches every service against the monolith, sends back the one that breaches its gates, and drives rollouts.

``tick`` is called whenever counters arrive (ten times a second) and at least once a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from strangler.model import Stage
from strangler.plan import AbortIf, Rollout
from strangler_facade.control.compile import MONOLITH
from strangler_facade.control.controller import Author, Controller
from strangler_facade.control.pilot import Pilot
from strangler_facade.control.stages import Position
from strangler_facade.control.tallies import Tallies, Tally
from strangler_facade.rollouts.counts import Counts, Reading, Windows
from strangler_facade.rollouts.gates import Breach, judge
from strangler_facade.shadow.findings import Totals, totals

_GUARDED = (Stage.CANARY, Stage.LIVE)
_LATENCY_SECONDS = 1.0


@dataclass
class _Watched:
    """One service since its position last changed."""

    position: Position
    windows: Windows
    baseline: Counts = field(default_factory=Counts)
    last: float = 0.0
    thorough: float = 0.0


class Watch:
    """The eyes on all services of one controller."""

    def __init__(
        self, controller: Controller, pilot: Pilot, tallies: Tallies, *, on_note: Callable[[str], None]
    ) -> None:
        self._controller, self._pilot, self._tallies = controller, pilot, tallies
        self._on_note = on_note
        self._watched: dict[str, _Watched] = {}
        self.differences: Mapping[str, Mapping[str, Any]] = {}
        self.mirrored: Mapping[str, int] = {}
        self.silent: Mapping[str, int] = {}
        self._shadowed_before: dict[str, Totals] = {}

    def comparing_anew(self) -> None:
        """The shadow process was started again and counts from zero: keep what the last one had."""
        for service in self._controller.routes.rules:
            self._shadowed_before[service] = self._shadowed(service)
        self.differences, self.silent = {}, {}

    def _shadowed(self, service: str) -> Totals:
        """What became of the service's mirrored requests, over all shadow processes."""
        routes = [name for name in self.differences if name.rpartition(".")[0] == service]
        return totals(self.differences, routes).plus(self._shadowed_before.get(service, Totals()))

    async def tick(self, now: float) -> None:
        """Look at every service; ``now`` is a monotonic clock's seconds."""
        total = self._tallies.total()
        for service in list(self._controller.routes.rules):
            await self._look(service, self._reading(service, total, now))
        if self._controller.owed:
            self._controller.settle()

    def _reading(self, service: str, total: Mapping[tuple[str, str], Tally], now: float) -> Reading:
        own = _counts(total.get((service, service)))
        monolith = _counts(total.get((service, MONOLITH)))
        keyless = sum(total[key].keyless for key in ((service, service), (service, MONOLITH)) if key in total)
        return Reading(now, own, monolith, keyless=keyless, **self._shadowed(service)._asdict())

    async def _look(self, service: str, reading: Reading) -> None:
        watched = self._follow(service, reading)
        elapsed, watched.last = reading.at - watched.last, reading.at
        position = watched.position
        breach = None
        if position.stage in _GUARDED or self._pilot.is_mirroring(service):
            breach = judge(self._windows(watched), self._limits(service), watched.baseline)
        if breach is not None and position.stage in _GUARDED:
            await self._send_back(service, breach)
        await self._pilot.advance(service, elapsed, watched.windows.whole, breach)

    def _windows(self, watched: _Watched) -> list[Reading]:
        """All windows; with latencies once a second, which is ten times the work of all the rest."""
        now = watched.windows.now.at
        thorough = now - watched.thorough >= _LATENCY_SECONDS
        if thorough:
            watched.thorough = now
        return watched.windows.all(buckets=thorough)

    def _follow(self, service: str, reading: Reading) -> _Watched:
        """The service's windows; they begin anew when its position has changed."""
        position = self._controller.position(service)
        watched = self._watched.get(service)
        if watched is None or watched.position != position:
            baseline = self._baseline(service, watched)
            begin = watched.windows.now if watched else reading
            watched = _Watched(position, Windows(begin), baseline, begin.at)
            self._watched[service] = watched
        watched.windows.add(reading)
        return watched

    def _baseline(self, service: str, before: _Watched | None) -> Counts:
        """What the monolith did while it last had requests, for the time when it has none."""
        if before is None:
            return _counts_from(self._controller.store.documents("baseline").get(service))
        seen = before.windows.whole.monolith
        if not seen.requests:
            return before.baseline
        body = {"requests": seen.requests, "failures": seen.failures, "buckets": list(seen.buckets)}
        self._controller.remember("baseline", service, body)
        return seen

    def _limits(self, service: str) -> AbortIf:
        return self.policy(service).abort_if

    def policy(self, service: str) -> Rollout:
        """The plan's rollout policy of a service; the default one if an old version has a service the plan dropped."""
        known = self._controller.plan.services.get(service)
        return known.rollout if known else Rollout()

    async def _send_back(self, service: str, breach: Breach) -> None:
        detail = {"gate": breach.gate, "requests": breach.requests, "seconds": round(breach.seconds, 3)}
        await self._controller.retreat(service, Author(f"gate:{breach.gate}", breach.text), detail)
        self._on_note(f"{service} goes back to the monolith: {breach.text}")
        self._pilot.announce(service, "retreat", {**detail, "text": breach.text})

    def window(self, service: str) -> Reading | None:
        """Everything since the service's position last changed."""
        watched = self._watched.get(service)
        return watched.windows.whole if watched else None


def _counts(tally: Tally | None) -> Counts:
    return Counts(tally.requests, tally.failures, tuple(tally.buckets)) if tally else Counts()


def _counts_from(body: Mapping[str, Any] | None) -> Counts:
    return Counts(body["requests"], body["failures"], tuple(body["buckets"])) if body else Counts()
