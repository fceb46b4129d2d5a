"""The plan's keys about single requests: what a route matches, how it is carried, mirrored and limited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from strangler.plan.fields import Duration, Network, Section, Size

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class RequestCondition(Section):
    """What a header, cookie, query parameter or claim must be; in the plan also just the value as text."""

    equals: str | None = None
    """Exactly this."""
    prefix: str | None = None
    """Beginning with this."""
    regex: str | None = None
    """Matched whole by this regular expression."""
    present: bool | None = None
    """Whether it must be there, whatever it is, or must not."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"equals": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_test(self) -> RequestCondition:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("a condition is a text, or one of equals, prefix, regex and present")
        if self.regex is not None:
            try:
                re.compile(self.regex)
            except re.error as error:
                raise ValueError(f"the regular expression is wrong: {error}") from None
        return self


Conditions = Mapping[str, RequestCondition]


class PathRewrite(Section):
    """How the path changes on its way to the service; the monolith always gets the client's own."""

    prefix: str
    """What is taken off the path's beginning."""
    to: str = ""
    """What is put there instead."""


class RequestLimit(Section):
    """How many requests each client may send; those beyond are answered 429."""

    rate: float = Field(gt=0)
    """Requests a second, on average."""
    burst: int = Field(default=10, ge=1)
    """How many at once."""
    by: Literal["address", "user", "tenant"] = "address"
    """Who counts as one client: an address, a user as `facade.sticky` knows them, or a tenant."""


class RoutePattern(Section):
    """HTTP requests that belong to a service; in the plan also just the path as text. All that is given must hold."""

    path: str
    """A template: `{name}` is one segment, `*` a part of one, `**` any number of them."""
    methods: tuple[Method, ...] | None = None
    """Any method if it is not given."""
    hosts: tuple[str, ...] = ()
    """Names without port; `*.example.org` is everything below one."""
    headers: Conditions = Field(default_factory=dict)
    """By name, in any case."""
    cookies: Conditions = Field(default_factory=dict)
    """By name."""
    query: Conditions = Field(default_factory=dict)
    """Parameters of the query, by name."""
    claims: Conditions = Field(default_factory=dict)
    """Claims of a session that was verified (`facade.session`), by the name that services are told."""
    tenants: tuple[str, ...] = ()
    """Tenants, as `facade.tenant` recognises them."""
    clients: tuple[Network, ...] = ()
    """Networks that the client's address is in."""
    rewrite: PathRewrite | None = None
    """How the path changes on its way to the service."""
    safety: Literal["method", "safe", "unsafe"] = "method"
    """Overrules the method: `unsafe` for a GET that changes something, `safe` for a POST that only reads."""
    limit: RequestLimit | None = None
    """How many requests each client may send."""
    largest_body: Size | None = None
    """Longer request bodies are answered 413."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _absolute(self) -> RoutePattern:
        if not self.path.startswith("/"):
            raise ValueError("a route's path begins with '/'")
        return self


class HealthCheck(Section):
    """A request that is sent from time to time; in the plan also just the path as text. Below 400 is well."""

    path: str = "/"
    """What is asked for."""
    interval: Duration = 2.0
    """How often."""
    timeout: Duration = 1.0
    """How long an answer may take."""
    rise: int = Field(default=2, ge=1)
    """So many good answers in a row put the target in."""
    fall: int = Field(default=3, ge=1)
    """So many bad ones take it out."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str) else value


class CircuitBreaker(Section):
    """When a target that does not answer is left alone for a while; answers of 5xx do not count."""

    consecutive: int = Field(default=5, ge=1)
    """After so many failures in a row,"""
    ratio: float = Field(default=0.5, gt=0, le=1)
    """or when this share of the requests"""
    minimum: int = Field(default=20, ge=1)
    """(of at least so many)"""
    window: Duration = 10.0
    """within this time had no answer,"""
    rest: Duration = 5.0
    """it is left alone for so long; then one request tries."""


class Serving(Section):
    """How requests are carried to the monolith, or to a service."""

    preserve_host: bool = True
    """Whether it gets the client's Host, or its own."""
    connect_timeout: Annotated[Duration, Field(gt=0)] = 2.5
    """How long connecting may take."""
    answer_timeout: Annotated[Duration, Field(gt=0)] = 60.0
    """How long the head of an answer may take."""
    idle_timeout: Annotated[Duration, Field(gt=0)] = 60.0
    """How long it may be silent in the middle of an answer."""
    connections: int = Field(default=1024, ge=1)
    """The most connections of one worker."""
    health: HealthCheck | None = None
    """How it is asked whether it is well; without it only failures tell."""
    breaker: CircuitBreaker = CircuitBreaker()
    """When it is left alone for a while."""
    ca_file: str | None = None
    """The authority that an https upstream is verified against (default: the system's)."""
    certificate: str | None = None
    """The certificate that is shown to an https upstream."""
    certificate_key: str | None = None
    """Its private key."""


class Shadowing(Section):
    """How requests are mirrored to a service while users are at the monolith."""

    percent: float = Field(default=100.0, gt=0, le=100)
    """The share of the requests that is mirrored."""
    noise: float = Field(default=10.0, ge=0, le=100)
    """Of these, the share that the monolith is asked twice, so that its own noise is known."""
    methods: tuple[Method, ...] = ("GET", "HEAD", "OPTIONS")
    """Unsafe ones change something twice: only for a service that throws its mirrored writes away."""
    strip: tuple[str, ...] = ()
    """Headers that mirrored requests go without, such as Authorization and Cookie."""
    cap: Size = 256 * 1024
    """Longer bodies are not mirrored."""
    concurrency: int = Field(default=32, ge=1)
    """The most mirrored requests under way at a time."""
    timeout: Annotated[Duration, Field(gt=0)] = 5.0
    """How long a mirrored request may take."""


class Forwarded(Section):
    """What targets learn of the client, and clients of the target."""

    trusted: tuple[Network, ...] = ()
    """Networks of proxies in front whose X-Forwarded-* and tenant headers are believed."""
    forwarded: bool = False
    """Whether targets get the Forwarded header too (RFC 7239)."""
    served_by: str = "X-Served-By"
    """The header that tells clients which target answered; none if empty."""


class RetryBudget(Section):
    """How many requests a worker may send to a fallback, so that trouble is not doubled."""

    percent: float = Field(default=20.0, ge=0, le=100)
    """Of the recent requests,"""
    minimum: float = Field(default=10.0, ge=0)
    """and so many a second in any case."""


_SOURCE = re.compile(r"(?:(?:header|claim|host):)?[A-Za-z0-9._~-]+\Z")


def _tenant_source(text: str) -> str:
    if not _SOURCE.match(text):
        raise ValueError("must be header:NAME, claim:NAME or host:SUFFIX")
    return text


TenantSource = Annotated[str, AfterValidator(_tenant_source)]
