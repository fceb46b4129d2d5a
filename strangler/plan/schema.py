"""The plan's keys, as frozen values."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from strangler.plan.fields import Address, Duration, Label, ModulePattern, Ref, Section, Url
from strangler.plan.platform import Platform

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Monolith(Section):
    """The application that is taken apart: where it is, how it is run and tested."""

    name: Label
    root: str = "."
    packages: tuple[str, ...] = Field(min_length=1)
    framework: Literal["django", "flask", "fastapi", "starlette", "aiohttp"] | None = None
    upstream: Url | None = None
    python: str | None = None
    run: str | None = None
    test: str | None = None


class RoutePattern(Section):
    """HTTP requests that belong to a service; in the plan also just the path as text.

    ``path`` is a template: ``{name}`` is one segment, ``*`` a part of one, ``**`` any number of them.
    """

    path: str
    methods: tuple[Method, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _absolute(self) -> RoutePattern:
        if not self.path.startswith("/"):
            raise ValueError("a route's path begins with '/'")
        return self


class CallPolicy(Section):
    """How the monolith's client calls one function of the service."""

    kind: Literal["query", "command"] = "query"
    idempotency: Literal["none", "key", "natural"] = "none"
    timeout_ms: int = Field(default=1000, gt=0)
    mode: Literal["local", "shadow", "canary", "remote"] = "local"


class AbortIf(Section):
    """When a rollout goes back by itself; each against the monolith in the same window.

    ``error_excess`` is the share of failed answers above the monolith's, ``p99_ratio`` the quotient of the 99th
    percentiles, ``shadow_difference`` the share of shadowed requests that differ beyond learnt noise.
    """

    error_excess: float = Field(default=0.01, ge=0, le=1)
    p99_ratio: float = Field(default=1.5, gt=0)
    shadow_difference: float | None = Field(default=None, ge=0, le=1)


def _ascending(steps: tuple[int, ...]) -> tuple[int, ...]:
    if any(b <= a for a, b in itertools.pairwise(steps)) or not all(0 < step <= 100 for step in steps):
        raise ValueError("steps are percentages that rise, from 1 to 100")
    return steps


class Webhook(Section):
    """An address that is told of a rollout's events, or (``confirm``) asked before each step: 2xx is a yes.

    ``secret_env`` names the environment variable with the key that the body is signed with (HMAC-SHA256).
    """

    url: Url
    kind: Literal["notify", "confirm"] = "notify"
    secret_env: str | None = None


class Rollout(Section):
    """The steps in which a service gets its traffic, and what ends them.

    A step ends when it has baked for ``bake`` *and* the service has had ``min_requests`` in it; with ``approval`` an
    approver lets each one begin.
    """

    steps: Annotated[tuple[int, ...], AfterValidator(_ascending)] = (1, 5, 25, 50, 100)
    bake: Duration = 300.0
    abort_if: AbortIf = AbortIf()
    min_requests: int = Field(default=20, ge=0)
    approval: bool = False
    webhooks: tuple[Webhook, ...] = ()


class Waiver(Section):
    """A refusal that a person has looked at and accepts, by rule and place."""

    rule: str
    at: str
    reason: str = Field(min_length=1)


class Service(Section):
    """A seam that was accepted, or (with ``image`` and no modules) a service written elsewhere."""

    owner: str | None = None
    modules: tuple[ModulePattern, ...] = ()
    image: str | None = None
    tables: tuple[str, ...] = ()
    shared: tuple[ModulePattern, ...] = ()
    routes: tuple[RoutePattern, ...] = ()
    upstream: Url | None = None
    store: Literal["shared", "own"] = "shared"
    calls: Mapping[Ref, CallPolicy] = Field(default_factory=dict)
    rollout: Rollout = Rollout()
    waive: tuple[Waiver, ...] = ()

    @model_validator(mode="after")
    def _has_code(self) -> Service:
        if not self.modules and not self.image:
            raise ValueError("a service has modules, or an image if it is written elsewhere")
        return self


class Sticky(Section):
    """What a user is known by when traffic is split: the first of these that a request carries."""

    cookie: str | None = None
    header: str | None = None
    claim: str | None = None
    tenant: str | None = None
    client_address: bool = False


class SessionSettings(Section):
    """How the facade recognises the monolith's users, so that services get their identity without its secret.

    ``claims`` maps what services are told (``sub``) to where the session has it (``user_id``). Secrets are never in
    the plan: the ``…_env`` keys name environment variables of `strangler facade run`. ``remember`` is how long a
    verified session is believed without looking again.
    """

    kind: Literal["flask", "django", "django-db", "jwt"]
    claims: Mapping[str, str] = Field(min_length=1)
    cookie: str | None = None
    secret_env: str | None = None
    old_secret_env: str | None = None
    database_env: str | None = None
    jwks_env: str | None = None
    issuer: str | None = None
    audience: str | None = None
    max_age: Duration = 14 * 86400.0
    remember: Duration = 30.0

    @model_validator(mode="after")
    def _has_keys(self) -> SessionSettings:
        if self.secret_env is None and not (self.kind == "jwt" and self.jwks_env):
            raise ValueError("sessions are verified with a key: name the variable that holds it in secret_env")
        if self.kind == "django-db" and self.database_env is None:
            raise ValueError("stored sessions need database_env")
        return self


class FacadeSettings(Section):
    """Where the facade listens, where it is administered, and how users stick."""

    listen: Address = "127.0.0.1:8080"
    admin: Address = "127.0.0.1:8081"
    sticky: Sticky = Sticky(cookie="session", client_address=True)
    salt: str = "strangler"
    session: SessionSettings | None = None


class Plan(Section):
    """The whole of ``strangler.yaml``."""

    version: Literal[1]
    monolith: Monolith
    services: Mapping[Label, Service] = Field(default_factory=dict)
    facade: FacadeSettings = FacadeSettings()
    platform: Platform = Platform()
