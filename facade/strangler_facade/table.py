"""The route table: which requests go where, as one immutable value that is replaced whole.

Nothing in it belongs to an engine: the embedded data plane runs it, and it can be compiled to others. Durations are
seconds, sizes bytes, shares percent. ``serialize`` gives its JSON form and refuses a table that contradicts itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Methods that ask for no change (RFC 9110 §9.2.1): may be mirrored, and sent again to another target."""


class _Value:
    """What all parts of a table have in common: their JSON form has no room for keys that mean nothing."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


CANARY_HEADER = "Strangler-Canary"
"""Tells the monolith which services this user is in the canary of: their names, ``", "`` between them."""

RESERVED_PATH = "/_strangler"
"""Services' own endpoints for each other; nothing below it is ever forwarded from outside."""


@dataclass(frozen=True, slots=True)
class Health(_Value):
    """An active probe: GET ``path`` each ``interval``; any status below 400 within ``timeout`` is well."""

    path: str = "/"
    interval: float = 2.0
    timeout: float = 1.0
    rise: int = 2
    fall: int = 3


@dataclass(frozen=True, slots=True)
class Breaker(_Value):
    """When a target gets no requests for ``rest`` seconds, then one at a time until one succeeds.

    It opens after ``consecutive`` connection failures, or when of at least ``minimum`` requests in ``window`` seconds
    the share ``ratio`` had no answer at all. Statuses do not count: an answer is the application's own business. A
    request that has no other target to go to passes all the same.
    """

    consecutive: int = 5
    minimum: int = 20
    ratio: float = 0.5
    window: float = 10.0
    rest: float = 5.0


@dataclass(frozen=True, slots=True)
class Target(_Value):
    """A server that answers: the monolith, or a service.

    ``url`` is ``http://host:port`` or ``https://…``, with a path that is put before every request's. ``ca_file`` is
    the authority an https server is verified against (default: the system's), ``certificate`` what we present.
    """

    name: str
    url: str
    preserve_host: bool = True
    connect_timeout: float = 2.5
    answer_timeout: float = 60.0
    idle_timeout: float = 60.0
    connections: int = 1024
    idle_connections: int = 128
    keep_idle: float = 4.0
    health: Health | None = None
    breaker: Breaker = Breaker()
    ca_file: str | None = None
    certificate: str | None = None
    certificate_key: str | None = None


@dataclass(frozen=True, slots=True)
class Condition(_Value):
    """What a named header, cookie, query parameter or verified claim must be; names of headers in any case."""

    name: str
    test: Literal["equals", "prefix", "regex", "present", "absent"] = "present"
    value: str = ""


@dataclass(frozen=True, slots=True)
class Match(_Value):
    """The requests a route is for: one of the paths *and* one of the hosts *and* … ; an empty part asks nothing.

    Paths are templates over the normalised path: ``{name}`` is one segment, ``*`` a part of one, ``**`` any number.
    ``hosts`` are names without port, or ``*.example.org`` for everything below one; ``clients`` networks of clients.
    """

    paths: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[Condition, ...] = ()
    cookies: tuple[Condition, ...] = ()
    query: tuple[Condition, ...] = ()
    tenants: tuple[str, ...] = ()
    claims: tuple[Condition, ...] = ()
    clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StickyKey(_Value):
    """One thing a user may be known by; ``claim`` is a claim of a session that was verified."""

    kind: Literal["cookie", "header", "claim", "tenant", "address"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Share(_Value):
    """The part of the users that a target gets."""

    target: str
    percent: float


@dataclass(frozen=True, slots=True)
class Split(_Value):
    """Who gets which target: by the bucket of the first sticky key a request carries (``hash``).

    A request without any key goes to ``rest``, always: it is never drawn again. ``pinned`` names tenants that get the
    first share's target whatever their bucket (small customers before big ones).
    """

    rest: str
    shares: tuple[Share, ...] = ()
    sticky: tuple[StickyKey, ...] = ()
    salt: str = "strangler"
    pinned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mirror(_Value):
    """A copy of requests for another target, whose answer is compared and thrown away.

    Of the requests with one of ``methods`` that did *not* go to ``target``, ``percent`` are mirrored; of those,
    ``noise`` percent are also asked of the primary target again. Bodies beyond ``cap`` are not mirrored but counted.
    ``strip`` names headers the copy goes without.
    """

    target: str
    percent: float = 100.0
    noise: float = 0.0
    methods: tuple[str, ...] = SAFE_METHODS
    cap: int = 256 * 1024
    concurrency: int = 32
    timeout: float = 5.0
    strip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrite(_Value):
    """How the path changes on its way to a target: ``prefix`` is taken off its beginning, ``to`` put there."""

    prefix: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class RateLimit(_Value):
    """At most ``rate`` requests a second with bursts of ``burst``, per key (first of ``by`` present, else address)."""

    rate: float
    burst: int = 10
    by: tuple[StickyKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Route(_Value):
    """A rule: what matches, and what becomes of it.

    ``service`` is the service of the plan it belongs to ("" for the monolith's own). ``fallback`` is the target that
    answers in place of one that cannot, only where it is safe to send again. ``safety`` overrules what the method
    says: ``unsafe`` for a GET that changes something, ``safe`` for a POST that only reads. The rewrite holds for all
    targets but ``split.rest``.
    """

    name: str
    match: Match
    split: Split
    service: str = ""
    fallback: str | None = None
    safety: Literal["method", "safe", "unsafe"] = "method"
    mirror: Mirror | None = None
    rewrite: Rewrite | None = None
    rate_limit: RateLimit | None = None
    largest_body: int | None = None


@dataclass(frozen=True, slots=True)
class Forwarding(_Value):
    """What targets learn of the client, and clients of the target.

    ``trusted`` are networks whose ``X-Forwarded-*`` and tenant headers are believed; from all others they are taken
    off. ``served_by`` is the response header that names the target ("": none).
    """

    trusted: tuple[str, ...] = ()
    forwarded: bool = False
    via: str = "strangler"
    served_by: str = "X-Served-By"


@dataclass(frozen=True, slots=True)
class TenantSource(_Value):
    """Where the tenant of a request is found: the label before ``name`` in the host, a trusted header, or a claim."""

    kind: Literal["host", "header", "claim"]
    name: str


@dataclass(frozen=True, slots=True)
class Budget(_Value):
    """How many fallbacks a worker may send: ``percent`` of recent requests, and ``minimum`` a second in any case."""

    percent: float = 20.0
    minimum: float = 10.0


@dataclass(frozen=True, slots=True)
class RouteTable(_Value):
    """All of it. Routes are tried in order, the first that matches decides; without one, ``default`` answers."""

    version: int
    targets: tuple[Target, ...]
    default: str
    routes: tuple[Route, ...] = ()
    forwarding: Forwarding = Forwarding()
    tenant: TenantSource | None = None
    budget: Budget = field(default_factory=Budget)


def specificity(route: Route) -> tuple[int, int, int, str]:
    """A key that sorts narrow routes before wide ones: longest literal path, most conditions, then the name."""
    match = route.match
    literal = min((len(path.split("*")[0].split("{")[0]) for path in match.paths), default=0)
    exact = sum("*" not in path and "{" not in path for path in match.paths)
    parts = (match.hosts, match.methods, match.headers, match.cookies, match.query, match.tenants)
    asked = sum(bool(part) for part in (*parts, match.claims, match.clients))
    return (-literal, -exact, -asked, route.name)


def ordered(routes: Iterable[Route]) -> tuple[Route, ...]:
    """The routes with narrow ones first, so that first-match means best-match."""
    return tuple(sorted(routes, key=specificity))
