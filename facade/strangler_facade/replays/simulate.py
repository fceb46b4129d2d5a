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
from strangler_facade.decide import NO_KEY, Decision, Router, target_at
from strangler_facade.hash import BUCKETS
from strangler_facade.match import Request
from strangler_facade.replays.explain import request_of
from strangler_facade.serialize import checked, from_json, to_json
from strangler_facade.table import RouteTable, Split

_COMBINED = re.compile(r'(?P<client>\S+) \S+ \S+ \[[^\]]*\] "(?P<method>[A-Z]+) (?P<target>/\S*)[^"]*" \d{3}')


@dataclass(frozen=True, slots=True)
class Simulation:
    """What replaying found.

    ``now`` and ``then`` are requests by target. The facade's own log has each user's bucket; another log that lacks
    what users are known by (cookies, most often) says nothing about single users. Such requests are dealt out by the
    split's percentages, so the figures can be fractions. ``moved`` counts requests by (route now, route then) where
    these differ.
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
    tables = from_json(now), from_json(then)
    salt = next((route.split.salt for route in tables[0].routes), None)
    sides = _Side(tables[0], salt), _Side(tables[1], salt)
    moved: Counter[tuple[str, str]] = Counter()
    requests = unreadable = unknown = 0
    for line in lines:
        logged = _logged(line)
        if logged is None:
            unreadable += bool(line.strip())
            continue
        requests += 1
        (old, known), (new, known_then) = (side.take(logged) for side in sides)
        unknown += not (known and known_then)
        moved[(old, new)] += old != new
    return Simulation(requests, unreadable, unknown, sides[0].total, sides[1].total, +moved)


@dataclass(frozen=True, slots=True)
class _Logged:
    """What a line says: the request, whether with its headers, its user's bucket, and whether they had none."""

    request: Request
    whole: bool
    bucket: int | None
    keyless: bool


class _Side:
    """One of the two tables, and what it makes of the requests; buckets of the log were made with ``salt``."""

    def __init__(self, table: RouteTable, salt: str | None) -> None:
        self._router, self._salt = Router(table), salt
        self.total: dict[str, float] = {}

    def take(self, logged: _Logged) -> tuple[str, bool]:
        """Count a request; its route, and whether it said enough of its user."""
        decision = self._router.decide(logged.request)
        split = decision.route.split
        if decision.reason not in ("bucket", NO_KEY) or not split.shares:
            self._add(decision.target.name, 1.0)
        elif logged.bucket is not None and split.salt == self._salt:
            self._add(target_at(split, logged.bucket), 1.0)
        elif logged.keyless:
            self._add(split.rest, 1.0)
        elif logged.whole and decision.reason == "bucket":
            self._add(decision.target.name, 1.0)
        else:
            return decision.route.name, self._deal(split, decision)
        return decision.route.name, True

    def _deal(self, split: Split, decision: Decision) -> bool:
        """Count one of whom the line says too little; an address alone is enough where users are known by no more."""
        if decision.reason == "bucket" and all(key.kind == "address" for key in split.sticky):
            self._add(decision.target.name, 1.0)
            return True
        for share in split.shares:
            self._add(share.target, share.percent / 100)
        self._add(split.rest, 1 - sum(share.percent for share in split.shares) / 100)
        return False

    def _add(self, target: str, part: float) -> None:
        self.total[target] = self.total.get(target, 0.0) + part


def _logged(line: str) -> _Logged | None:
    found = _from_json(line) if line.startswith("{") else _COMBINED.match(line)
    if not found:
        return None
    fields: dict[str, Any] = found if isinstance(found, dict) else found.groupdict()
    headers = dict(fields.get("headers") or {})
    place = fields.get("bucket")
    keyless = place is None and "bucket" in fields and fields.get("route") != "default"
    if fields.get("host"):
        headers["host"] = fields["host"]
    try:
        request = request_of(fields["method"], fields["target"], headers, fields.get("client", ""))
    except (KeyError, StranglerError):
        return None
    known = place if isinstance(place, int) and 0 <= place < BUCKETS else None
    return _Logged(request, "headers" in fields, known, keyless)


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
    for name in sorted(shifts):
        plan.service(name)
    placed = {item["name"]: _position(item) for item in status["services"]}
    placed |= {name: Position(Stage.CANARY, percent) for name, percent in shifts.items()}
    routes = from_plan(plan, plan.monolith.upstream or status["monolith"], placed)
    return to_json(checked(compile_table(routes, status["version"] + 1)))


def _position(item: Mapping[str, Any]) -> Position:
    return Position(Stage(item["stage"]), item["weight"], item["mirrored"])
