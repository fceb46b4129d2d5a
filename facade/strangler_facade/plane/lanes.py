"""A route table carried out: for each decision the pool, the tally and the fixed bytes that go with it."""

from __future__ import annotations

from collections.abc import Callable

from strangler_facade.decide import NO_KEY, RESERVED, Decision, Router
from strangler_facade.plane.forward import Forwarder
from strangler_facade.plane.limits import Limiter
from strangler_facade.plane.records.metrics import Ledger, Tally
from strangler_facade.plane.upstreams.budget import Allowance
from strangler_facade.plane.upstreams.pool import Pool
from strangler_facade.table import SAFE_METHODS, Mirror, Rewrite, Route, RouteTable, Target

_SAFE = frozenset(method.encode() for method in SAFE_METHODS)


class Lane:
    """The way of one route's requests to one target."""

    __slots__ = ("authority", "base", "host", "plain", "pool", "rewrite", "signature", "tally", "target")

    def __init__(self, target: Target, pool: Pool, tally: Tally, rewrite: Rewrite | None, signature: bytes) -> None:
        self.target, self.pool, self.tally, self.rewrite = target, pool, tally, rewrite
        self.base, self.authority = pool.base, pool.authority
        self.host = target.preserve_host
        self.signature = signature
        self.plain = rewrite is None and not pool.base and self.host


class Course:
    """What a decision means here: its lane, the one to fall back to, and the rules of its route."""

    __slots__ = (
        "fallback",
        "keyless",
        "lane",
        "largest_body",
        "limiter",
        "mirror",
        "reserved",
        "route",
        "safety",
        "service",
    )

    def __init__(self, decision: Decision, lane: Lane, fallback: Lane | None, limiter: Limiter | None) -> None:
        route = decision.route
        self.keyless, self.reserved = decision.reason == NO_KEY, route.name == RESERVED
        self.route, self.lane, self.fallback, self.limiter = route, lane, fallback, limiter
        self.safety, self.largest_body, self.service = route.safety, route.largest_body, route.service
        mirror = route.mirror
        self.mirror: Mirror | None = mirror if mirror and mirror.target != lane.target.name else None

    def repeatable(self, method: bytes, keyed: bool) -> bool:
        """Whether a request may reach a second target after one may have acted on it."""
        if self.safety == "method":
            return method in _SAFE or keyed
        return self.safety == "safe" or keyed


class Applied:
    """A table in force: immutable but for its counters; every request keeps the one it began with."""

    def __init__(self, table: RouteTable, pool_of: Callable[[Target], Pool], ledger: Ledger) -> None:
        self.version, self.default = table.version, table.default
        self.router = Router(table)
        self.forwarder = Forwarder(table.forwarding)
        self.allowance = Allowance(table.budget)
        self.pools = {target.name: pool_of(target) for target in table.targets}
        self.counts_tenants = table.tenant is not None
        self._served_by, self._ledger = table.forwarding.served_by.encode(), ledger
        self._limiters: dict[str, Limiter] = {}
        self._courses: dict[Decision, Course] = {}

    def course(self, decision: Decision) -> Course:
        """What a decision of this table's router means; made when it first occurs."""
        found = self._courses.get(decision)
        if found is None:
            found = self._courses[decision] = self._course(decision)
        return found

    def _course(self, decision: Decision) -> Course:
        fallback = self.lane(decision.route, decision.fallback) if decision.fallback else None
        return Course(decision, self.lane(decision.route, decision.target), fallback, self._limiter(decision.route))

    def _limiter(self, route: Route) -> Limiter | None:
        if route.rate_limit is None:
            return None
        if route.name not in self._limiters:
            self._limiters[route.name] = Limiter(route.rate_limit, self.router.tenant_of)
        return self._limiters[route.name]

    def lane(self, route: Route, target: Target) -> Lane:
        """The lane of a route to a target."""
        rewrite = route.rewrite if target.name != route.split.rest else None
        signature = self.forwarder.via
        if self._served_by:
            signature += self._served_by + b": " + target.name.encode() + b"\r\n"
        return Lane(target, self.pools[target.name], self._ledger.tally(route.name, target.name), rewrite, signature)
