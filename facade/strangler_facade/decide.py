"""The decision: a pure function of a request and a table. The data plane, ``explain`` and ``simulate`` all ask here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from strangler_facade.hash import BUCKETS, bucket, threshold
from strangler_facade.match import PathPattern, Request, Test, conditions_of, crumb, normalised, obstacles
from strangler_facade.memo import Memo
from strangler_facade.table import (
    RESERVED_PATH,
    Match,
    Route,
    RouteTable,
    Share,
    Split,
    StickyKey,
    Target,
    TenantSource,
)

RESERVED = "reserved"
"""The route of requests for what is nobody's business outside (``table.RESERVED_PATH``); they are answered 404."""

NO_KEY = "no sticky key"
"""The reason of a decision on a split route for a request without any of its keys."""

_RESERVED = RESERVED_PATH.encode()


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """Where a request goes. One object for each (route, target, reason) of a table, so that none is made on the way."""

    version: int
    route: Route
    target: Target
    fallback: Target | None
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with all that led to it; ``key_kind`` and ``bucket`` are of the sticky key, if one counted.

    ``client`` is who is taken to have asked, ``claims`` what their session was found to say.
    """

    version: int
    route: str
    service: str
    target: str
    fallback: str | None
    reason: str
    tenant: str
    key_kind: str | None
    bucket: int | None
    shares: tuple[Share, ...]
    mirrored_to: str | None
    passed_over: tuple[tuple[str, str], ...]
    client: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)
    path: str = ""


class Router:
    """A table made ready to decide. Immutable; a request keeps the one it began with."""

    def __init__(self, table: RouteTable) -> None:
        self.table = table
        self.targets = {target.name: target for target in table.targets}
        self.tenant_of = tenant_finder(table.tenant)
        self._rules = tuple(_Rule(route, table, self) for route in table.routes)
        self._last = _Rule(_everything_else(table, "default"), table, self)
        self._reserved = _Rule(_everything_else(table, RESERVED), table, self)
        self._canaries = tuple(_canaries(self._rules))
        self._index = _index(self._rules)
        self._of_path = Memo(self._rules_of, most=8192)
        self._unindexed = tuple(rule for rule in self._rules if not rule.heads)

    def decide(self, request: Request) -> Decision:
        """The decision for a request: the first route that matches, and in it the share the user belongs to."""
        for rule in self._of_path[request.path]:
            if not rule.tests or rule.passes(request):
                return rule.only or rule.choose(request)
        raise AssertionError("the last rule matches everything")

    def _rules_of(self, raw: bytes) -> tuple[_Rule, ...]:
        """The rules whose path matches, in order, the one for everything else last."""
        path = normalised(raw)
        if path == _RESERVED or path.startswith(_RESERVED + b"/"):
            return (self._reserved,)
        end = path.find(b"/", 1)
        candidates = self._index.get(path[1:end] if end > 0 else path[1:], self._unindexed)
        return (*(rule for rule in candidates if rule.path_matches(path)), self._last)

    def canaries(self, request: Request, without: str = "") -> str:
        """The services in whose canary the request's user is, as the monolith is told (``table.CANARY_HEADER``).

        ``without`` is a service of which it is known already that the user is not.
        """
        moving = ((service, rule) for service, rule in self._canaries if service != without)
        return ", ".join(service for service, rule in moving if rule.is_canary(request))

    def moves(self, without: str = "") -> bool:
        """Whether ``canaries`` can be anything but empty."""
        return any(service != without for service, _ in self._canaries)

    def bucket_of(self, request: Request) -> int | None:
        """The bucket of the request's user on its route; None if the route splits nobody, or has no key of them."""
        for rule in self._of_path[request.path]:
            if not rule.tests or rule.passes(request):
                found = rule.sticky_key(request)
                return bucket(rule.route.split.salt, found[1]) if found else None
        return None

    def explain(self, request: Request) -> Explanation:
        """The same decision, with every route that was passed over and why."""
        path = normalised(request.path)
        passed: list[tuple[str, str]] = []
        for rule in self._rules:
            if not rule.path_matches(path):
                passed.append((rule.route.name, "path"))
            elif not rule.passes(request):
                passed.append((rule.route.name, ", ".join(obstacles(rule.route.match, self.tenant_of, request))))
            else:
                return self._explained(rule, request, passed)
        return self._explained(self._last, request, passed)

    def _explained(self, rule: _Rule, request: Request, passed: list[tuple[str, str]]) -> Explanation:
        decision, found = rule.choose(request), rule.sticky_key(request)
        mirror = decision.route.mirror
        return Explanation(
            version=decision.version,
            route=decision.route.name,
            service=decision.route.service,
            target=decision.target.name,
            fallback=decision.fallback.name if decision.fallback else None,
            reason=decision.reason,
            tenant=self.tenant_of(request),
            key_kind=found[0] if found else None,
            bucket=bucket(decision.route.split.salt, found[1]) if found else None,
            shares=decision.route.split.shares,
            mirrored_to=mirror.target if mirror and mirror.target != decision.target.name else None,
            passed_over=tuple(passed),
            client=request.address,
            claims=dict(request.claims),
        )


class _Rule:
    """A route, compiled."""

    def __init__(self, route: Route, table: RouteTable, router: Router) -> None:
        self.route = route
        patterns = tuple(PathPattern(path) for path in route.match.paths)
        self._paths = tuple(pattern.matches for pattern in patterns)
        self.heads = _heads(patterns)
        self.tests: tuple[Test, ...] = conditions_of(route.match, router.tenant_of)
        self._tenant = router.tenant_of
        self._pinned = frozenset(route.split.pinned)
        self._ranges = tuple(_ranges(route.split))
        self._finders = tuple((key.kind, key_finder(key, router.tenant_of)) for key in route.split.sticky)
        self.splits = len(self._ranges) > 1
        names = {route.split.rest, *(share.target for share in route.split.shares)}
        self._decisions = {
            (name, reason): self._decision(name, reason, table.version, router.targets)
            for name in names
            for reason in ("only target", "pinned tenant", NO_KEY, "bucket")
        }
        self._by_bucket = tuple((end, self._decisions[name, "bucket"]) for end, name in self._ranges)
        self._by_key = Memo(self._decided, longest=1024, most=8192)
        one = len(self._ranges) == 1
        self._sole = self._decisions[self._ranges[0][1], "only target"] if one else None
        self.only = None if self._pinned else self._sole
        """The decision for every request, where there is but one."""

    def _decision(self, name: str, reason: str, version: int, targets: dict[str, Target]) -> Decision:
        fallback = self.route.fallback
        other = targets[fallback] if fallback and fallback != name else None
        return Decision(version, self.route, targets[name], other, reason)

    def is_canary(self, request: Request) -> bool:
        return self.choose(request).target.name == self.route.split.shares[0].target

    def path_matches(self, path: bytes) -> bool:
        return not self._paths or any(matches(path) for matches in self._paths)

    def passes(self, request: Request) -> bool:
        return all([test(request) for test in self.tests])

    def choose(self, request: Request) -> Decision:
        split = self.route.split
        if self._pinned and self._tenant(request) in self._pinned:
            return self._decisions[split.shares[0].target if split.shares else split.rest, "pinned tenant"]
        if self._sole is not None:
            return self._sole
        for _, find in self._finders:
            key = find(request)
            if key:
                return self._by_key[key]
        return self._decisions[split.rest, NO_KEY]

    def sticky_key(self, request: Request) -> tuple[str, str] | None:
        for kind, find in self._finders:
            key = find(request)
            if key:
                return kind, key
        return None

    def _decided(self, key: str) -> Decision:
        place = bucket(self.route.split.salt, key)
        return next(decision for end, decision in self._by_bucket if place < end)


def _ranges(split: Split) -> Iterator[tuple[int, str]]:
    """The end of each target's buckets, in order; targets without any are left out."""
    percent, begin = 0.0, 0
    for share in split.shares:
        percent += share.percent
        end = threshold(percent)
        if end > begin:
            yield end, share.target
        begin = end
    if begin < BUCKETS:
        yield BUCKETS, split.rest


def target_at(split: Split, place: int) -> str:
    """The target that the users of a bucket get."""
    return next(name for end, name in _ranges(split) if place < end)


def _heads(paths: tuple[PathPattern, ...]) -> frozenset[bytes]:
    """The first segments the paths can have; empty when any would do."""
    heads = [pattern.literal[1:].split(b"/")[0] for pattern in paths if b"/" in pattern.literal[1:]]
    return frozenset(heads) if len(heads) == len(paths) else frozenset()


def _index(rules: tuple[_Rule, ...]) -> dict[bytes, tuple[_Rule, ...]]:
    heads = {head for rule in rules for head in rule.heads}
    return {head: tuple(rule for rule in rules if not rule.heads or head in rule.heads) for head in heads}


def _canaries(rules: tuple[_Rule, ...]) -> Iterator[tuple[str, _Rule]]:
    """Each service that is being moved, with a rule that says for whom; a service's routes share one split."""
    seen: set[str] = set()
    for rule in rules:
        service = rule.route.service
        if service and service not in seen and rule.route.split.shares and rule.splits:
            seen.add(service)
            yield service, rule


def _everything_else(table: RouteTable, name: str) -> Route:
    return Route(name=name, match=Match(), split=Split(rest=table.default))


def tenant_finder(source: TenantSource | None) -> Callable[[Request], str]:
    """How a request's tenant is found ("" when it has none)."""
    if source is None:
        return lambda request: ""
    name = source.name
    if source.kind == "host":
        ending = "." + name.lower().strip(".")
        return lambda request: _label(request.host_name(), ending)
    if source.kind == "claim":
        return lambda request: request.claims.get(name, "")
    return lambda request: (request.header(name) or b"").decode("latin-1") if request.trusted else ""


def _label(host: str, ending: str) -> str:
    return host[: -len(ending)].rpartition(".")[2] if host.endswith(ending) else ""


def key_finder(key: StickyKey, tenant: Callable[[Request], str]) -> Callable[[Request], str]:
    """How a sticky key is found in a request ("" when it is not there)."""
    name = key.name
    if key.kind == "cookie":
        return _cookie_finder(name)
    if key.kind == "header":
        return lambda request: _text(request.header(name) or b"")
    if key.kind == "claim":
        return lambda request: request.claims.get(name, "")
    return tenant if key.kind == "tenant" else lambda request: request.address


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _cookie_finder(name: str) -> Callable[[Request], str]:
    search, begin = crumb(name).search, name.encode() + b"="
    length, text = len(begin), Memo(_text)

    def find(request: Request) -> str:
        cookie = request.cookie
        at = cookie.find(begin)
        if at < 0:
            return ""
        end = cookie.find(b";", at)
        value = cookie[at + length :] if end < 0 else cookie[at + length : end]
        if (at and cookie[at - 2 : at] != b"; ") or b'"' in value:  # what is rare is left to the pattern
            found = search(cookie)
            value = found[1] if found else b""
        return text[value]

    return find
