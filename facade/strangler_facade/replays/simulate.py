"""Replays an access log on another table, without sending anything: which requests would go elsewhere."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from strangler.errors import StranglerError
from strangler.model import Stage
from strangler.plan import Plan
from strangler_facade.control.compile import compile_table
from strangler_facade.control.routeset import from_plan
from strangler_facade.control.stages import Position
from strangler_facade.decide import Router
from strangler_facade.match import Request
from strangler_facade.replays.explain import request_of
from strangler_facade.serialize import checked, from_json, to_json

_COMBINED = re.compile(r'(?P<client>\S+) \S+ \S+ \[[^\]]*\] "(?P<method>[A-Z]+) (?P<target>/\S*)[^"]*" \d{3}')


@dataclass(frozen=True, slots=True)
class Simulation:
    """What replaying found.

    ``now`` and ``then`` are requests by target. A log that lacks what users are known by (cookies, most often) says
    nothing about single users; such requests are dealt out by the split's percentages, so the figures can be
    fractions. ``moved`` counts requests by (route now, route then) where these differ.
    """

    requests: int
    unreadable: int
    unknown_users: int
    now: Mapping[str, float]
    then: Mapping[str, float]
    moved: Mapping[tuple[str, str], int]


def simulate(lines: Iterable[str], now: Mapping[str, Any], then: Mapping[str, Any]) -> Simulation:
    """Decide each request of a log by two tables.

    Args:
        lines: the facade's own access log (JSON), or the common or combined format of other servers.
        now: a route table as JSON values.
        then: the other one.
    """
    sides = _Side(now), _Side(then)
    moved: Counter[tuple[str, str]] = Counter()
    requests = unreadable = unknown = 0
    for line in lines:
        request = _request(line)
        if request is None:
            unreadable += bool(line.strip())
            continue
        requests += 1
        (old, known), (new, known_then) = (side.take(request) for side in sides)
        unknown += not (known and known_then)
        moved[(old, new)] += old != new
    return Simulation(requests, unreadable, unknown, sides[0].total, sides[1].total, +moved)


class _Side:
    """One of the two tables, and what it makes of the requests."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._router = Router(from_json(table))
        self.total: dict[str, float] = {}

    def take(self, request: Request) -> tuple[str, bool]:
        """Count a request; its route, and whether it said enough of its user."""
        decision = self._router.decide(request)
        split = decision.route.split
        if decision.reason != "no sticky key" or not split.shares:
            self._add(decision.target.name, 1.0)
            return decision.route.name, True
        for share in split.shares:
            self._add(share.target, share.percent / 100)
        self._add(split.rest, 1 - sum(share.percent for share in split.shares) / 100)
        return decision.route.name, False

    def _add(self, target: str, part: float) -> None:
        self.total[target] = self.total.get(target, 0.0) + part


def _request(line: str) -> Request | None:
    found = _from_json(line) if line.startswith("{") else _COMBINED.match(line)
    if not found:
        return None
    fields: dict[str, Any] = found if isinstance(found, dict) else found.groupdict()
    headers = dict(fields.get("headers") or {})
    if fields.get("host"):
        headers["host"] = fields["host"]
    try:
        return request_of(fields["method"], fields["target"], headers, fields.get("client", ""))
    except (KeyError, StranglerError):
        return None


def _from_json(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def planned_table(plan: Plan, status: Mapping[str, Any], shifts: Mapping[str, float]) -> dict[str, Any]:
    """The table that the plan would make, with services where they stand but for ``shifts`` (service → percent).

    Args:
        plan: the plan as it is on the disk.
        status: what the admin's ``/v1/status`` says.
        shifts: where services are imagined to be.

    Raises:
        StranglerError: a shift names a service the plan does not have.
    """
    unknown = sorted(shifts.keys() - plan.services.keys())
    if unknown:
        raise StranglerError(f"the plan has no service '{unknown[0]}'", hint=f"it has: {', '.join(plan.services)}")
    placed = {item["name"]: Position(Stage.CANARY, item["weight"], item["mirrored"]) for item in status["services"]}
    placed |= {name: Position(Stage.CANARY, percent) for name, percent in shifts.items()}
    routes = from_plan(plan, plan.monolith.upstream or status["monolith"], placed)
    return to_json(checked(compile_table(routes, status["version"] + 1)))
