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
    """The way of one route's requests to one target, and all that is the same for each of them.

    ``vouches`` is the service that is told, under this name, who asks. With ``announces`` the monolith is told in whose
    canaries the user is; of the service ``decided`` it is known already that the user is not.
    """

    __slots__ = (
        "announces",
        "answer_timeout",
        "authority",
        "base",
        "decided",
        "host",
        "idle_timeout",
        "plain",
        "pool",
        "rewrite",
        "signature",
        "switch",
        "tally",
        "target",
        "vouches",
    )

    def __init__(self, route: Route, target: Target, pool: Pool, tally: Tally, signature: bytes) -> None:
        moved = target.name != route.split.rest
        self.target, self.pool, self.tally = target, pool, tally
        self.rewrite: Rewrite | None = route.rewrite if moved else None
        self.vouches, self.announces, self.decided = route.service if moved else "", False, ""
        self.switch, self.base, self.authority = pool.switch, pool.base, pool.authority
        self.answer_timeout, self.idle_timeout = target.answer_timeout, target.idle_timeout
        self.host = target.preserve_host
        self.signature = signature
        self.plain = self.rewrite is None and not pool.base and self.host


class Course:
    """What a decision means here: its lane, the one to fall back to, and the rules of its route."""

    __slots__ = (
        "always",
        "fallback",
        "free",
        "keyless",
        "lane",
        "largest_body",
        "limiter",
        "mirror",
        "reserved",
        "route",
        "safe",
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
        self.free = not self.reserved and limiter is None and self.largest_body is None
        """Whether the route refuses nothing."""
        self.always = self.safety == "safe"
        self.safe = _SAFE if self.safety == "method" else frozenset[bytes]()

    def repeatable(self, method: bytes, keyed: bool) -> bool:
        """Whether a request may reach a second target after one may have acted on it."""
        return method in self.safe or keyed or self.always


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
        self.courses = _Courses(self._course)

    def _course(self, decision: Decision) -> Course:
        route = decision.route
        fallback = self.lane(route, decision.fallback) if decision.fallback else None
        return Course(decision, self.lane(route, decision.target, route.service), fallback, self._limiter(route))

    def _limiter(self, route: Route) -> Limiter | None:
        if route.rate_limit is None:
            return None
        if route.name not in self._limiters:
            self._limiters[route.name] = Limiter(route.rate_limit, self.router.tenant_of)
        return self._limiters[route.name]

    def lane(self, route: Route, target: Target, decided: str = "") -> Lane:
        """The lane of a route to a target, for requests that are known not to be in the canary of ``decided``."""
        signature = self.forwarder.via
        if self._served_by:
            signature += self._served_by + b": " + target.name.encode() + b"\r\n"
        lane = Lane(route, target, self.pools[target.name], self._ledger.tally(route.name, target.name), signature)
        if target.name == self.default and not lane.vouches:
            lane.announces, lane.decided = self.router.moves(decided), decided
        return lane


class _Courses(dict[Decision, Course]):
    """What the decisions of a table's router mean; each is made when it first occurs."""

    def __init__(self, make: Callable[[Decision], Course]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, decision: Decision) -> Course:
        course = self[decision] = self._make(decision)
        return course
