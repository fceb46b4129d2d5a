"""The plan's keys, as frozen values."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from strangler.errors import StranglerError
from strangler.plan.fields import Address, Duration, Label, ModulePattern, Ref, Section, Url
from strangler.plan.platform import Platform
from strangler.plan.traffic import Forwarded, RetryBudget, RoutePattern, Serving, Shadowing, TenantSource


class Monolith(Section):
    """The application that is taken apart: where it is, how it is run and tested."""

    name: Label
    """What it is called in routes, manifests and messages."""
    root: str = "."
    """Its folder, relative to the plan."""
    packages: tuple[str, ...] = Field(min_length=1)
    """Its top-level packages; everything else is foreign."""
    framework: Literal["django", "flask", "fastapi", "starlette", "aiohttp"] | None = None
    """Found by the analyzers if it is not given."""
    upstream: Url | None = None
    """Where it answers."""
    serving: Serving = Serving()
    """How requests are carried to it."""
    python: str | None = None
    """The interpreter of its own environment, for `observe` and `prove` (default: `python` on the path)."""
    run: str | None = None
    """The command that starts it."""
    test: str | None = None
    """The command that runs its tests."""


class CallPolicy(Section):
    """How the monolith's client calls one function of the service."""

    kind: Literal["query", "command"] = "query"
    """A query changes nothing and may be repeated."""
    idempotency: Literal["none", "key", "natural"] = "none"
    """Whether a command may be repeated: by a key, by its nature, or not."""
    timeout_ms: int = Field(default=1000, gt=0)
    """The deadline of one call, in milliseconds."""
    mode: Literal["local", "shadow", "canary", "remote"] = "local"
    """Where the call goes when the service's state does not say."""


class AbortIf(Section):
    """When a rollout goes back by itself; each against the monolith in the same window."""

    error_excess: float = Field(default=0.01, ge=0, le=1)
    """The share of failed answers above the monolith's."""
    p99_ratio: float = Field(default=1.5, gt=0)
    """The quotient of the 99th percentiles of latency."""
    shadow_difference: float | None = Field(default=None, ge=0, le=1)
    """The share of shadowed requests that differ beyond learnt noise; off if it is not given."""


def _ascending(steps: tuple[int, ...]) -> tuple[int, ...]:
    if any(b <= a for a, b in itertools.pairwise(steps)) or not all(0 < step <= 100 for step in steps):
        raise ValueError("steps are percentages that rise, from 1 to 100")
    return steps


class Webhook(Section):
    """An address that is told of a rollout's events, or (``confirm``) asked before each step: 2xx is a yes.

    In the plan also just the address as text, which is told. ``secret_env`` names the environment variable with the
    key that the body is signed with (HMAC-SHA256).
    """

    url: Url
    """Where events are posted, as JSON."""
    kind: Literal["notify", "confirm"] = "notify"
    """Whether it is only told, or asked before each step."""
    secret_env: str | None = None
    """The environment variable with the key for ``X-Strangler-Signature``."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"url": value} if isinstance(value, str) else value


class Rollout(Section):
    """The steps in which a service gets its traffic, and what ends them.

    A step ends when it has baked for ``bake`` *and* the service has had ``min_requests`` in it; with ``approval`` an
    approver lets each one begin.
    """

    steps: Annotated[tuple[int, ...], AfterValidator(_ascending)] = (1, 5, 25, 50, 100)
    """Percentages of users, rising."""
    bake: Duration = 300.0
    """How long a step must hold before the next."""
    abort_if: AbortIf = AbortIf()
    """What sends the traffic back by itself."""
    min_requests: int = Field(default=20, ge=0)
    """How many requests the service must have had in a step before the next."""
    approval: bool = False
    """Whether a person approves each step."""
    webhooks: tuple[Webhook, ...] = ()
    """Addresses that are told what happens, or asked first."""


class Waiver(Section):
    """A refusal that a person has looked at and accepts, by rule and place."""

    rule: str
    """The refusal's rule, such as `TXN-SPAN`."""
    at: str
    """Its place, `path:line`."""
    reason: str = Field(min_length=1)
    """Why it is accepted."""


class Service(Section):
    """A seam that was accepted, or (with ``image`` and no modules) a service written elsewhere."""

    owner: str | None = None
    """The team that answers for it."""
    modules: tuple[ModulePattern, ...] = ()
    """The modules that move: `shop.billing`, or everything below one: `shop.billing.*`."""
    image: str | None = None
    """A container image, for a service that was written elsewhere, in any language."""
    tables: tuple[str, ...] = ()
    """The tables it owns."""
    shared: tuple[ModulePattern, ...] = ()
    """Modules that become a library of both sides: below ``shop.x.*`` those it imports, ``shop.x`` in any case."""
    routes: tuple[RoutePattern, ...] = ()
    """The HTTP requests that are its own."""
    upstream: Url | None = None
    """Where it answers."""
    serving: Serving = Serving()
    """How requests are carried to it."""
    shadow: Shadowing = Shadowing()
    """How requests are mirrored to it."""
    pinned: tuple[str, ...] = ()
    """Tenants that get it before all others, as soon as it has any users."""
    store: Literal["shared", "own"] = "shared"
    """Whether it works on the monolith's store or on one of its own."""
    calls: Mapping[Ref, CallPolicy] = Field(default_factory=dict)
    """How the monolith's client calls its functions, by ref."""
    rollout: Rollout = Rollout()
    """How it gets its traffic."""
    waive: tuple[Waiver, ...] = ()
    """Refusals that were looked at and accepted."""

    @model_validator(mode="after")
    def _has_code(self) -> Service:
        if not self.modules and not self.image:
            raise ValueError("a service has modules, or an image if it is written elsewhere")
        return self


class Sticky(Section):
    """What a user is known by when traffic is split: the first of these, in this order, that a request carries."""

    tenant: TenantSource | None = None
    """The tenant, so that each moves as a whole; where it is found, as in `facade.tenant` (a bare word is a header)."""
    claim: str | None = None
    """A claim of a verified token or session."""
    header: str | None = None
    """The name of a request header."""
    cookie: str | None = None
    """The name of a cookie; for one that `session` verifies and that changes with the session, its claim stands in."""
    client_address: bool = False
    """The address the request came from."""


class SessionSettings(Section):
    """How the facade recognises the monolith's users, so that services get their identity without its secret.

    Secrets are never in the plan: the ``…_env`` keys name environment variables of `strangler facade run`.
    """

    kind: Literal["flask", "django", "django-db", "jwt"]
    """Whose sessions: Flask's cookie, Django's signed cookie or database, or a JSON web token."""
    claims: Mapping[str, str] = Field(min_length=1)
    """What services are told (``sub``): where the session has it (``user_id``)."""
    cookie: str | None = None
    """The cookie with the session (default: the framework's; a token without one is the bearer token)."""
    secret_env: str | None = None
    """The variable with the monolith's secret key."""
    old_secret_env: str | None = None
    """The variable with the key before it, while it is being changed."""
    database_env: str | None = None
    """The variable with the URL of the database that holds stored sessions."""
    jwks_env: str | None = None
    """The variable with the key set (RFC 7517) that tokens are signed with."""
    issuer: str | None = None
    """The only ``iss`` that tokens may have."""
    audience: str | None = None
    """What must be among a token's ``aud``."""
    max_age: Duration = 14 * 86400.0
    """How old a signed session may be."""
    remember: Duration = 30.0
    """How long a verified session is believed without looking again."""

    @model_validator(mode="after")
    def _has_keys(self) -> SessionSettings:
        if self.secret_env is None and not (self.kind == "jwt" and self.jwks_env):
            raise ValueError("sessions are verified with a key: name the variable that holds it in secret_env")
        if self.kind == "django-db" and self.database_env is None:
            raise ValueError("stored sessions need database_env")
        return self


class UsageSettings(Section):
    """Where the facade reports what each tenant used of each service; `sticky.tenant` says who is a tenant."""

    url: Url
    """The SaaS control plane."""
    token_env: str = "STRANGLER_USAGE_TOKEN"
    """The variable with a token of the role `meter`."""
    every: Duration = 10.0
    """How often it reports."""


class FacadeSettings(Section):
    """Where the facade listens, where it is administered, and how users stick."""

    listen: Address = "127.0.0.1:8080"
    """Where customers connect."""
    admin: Address = "127.0.0.1:8081"
    """Where it is administered."""
    sticky: Sticky = Sticky(cookie="session", client_address=True)
    """What a user is known by when traffic is split."""
    tenant: TenantSource | None = None
    """Where a request's tenant is found: `host:SUFFIX` is the label before it, `claim:NAME` one of a verified session,
    `header:NAME` the word of a trusted proxy (default: as in `sticky.tenant`)."""
    forwarding: Forwarded = Forwarded()
    """What targets learn of the client, and whose word on it counts."""
    budget: RetryBudget = RetryBudget()
    """How many requests may go to a fallback."""
    salt: str = "strangler"
    """Mixed into the hash of the sticky key; changing it deals all users anew."""
    session: SessionSettings | None = None
    """How the monolith's sessions are verified, for rules by claim and for the services' identity header."""
    usage: UsageSettings | None = None
    """Where usage per tenant is reported, if it is to be."""


class Plan(Section):
    """The whole of ``strangler.yaml``."""

    version: Literal[1]
    """The format's version."""
    monolith: Monolith
    """The application that is taken apart."""
    services: Mapping[Label, Service] = Field(default_factory=dict)
    """The services, by name."""
    facade: FacadeSettings = FacadeSettings()
    """The routing facade."""
    platform: Platform = Platform()
    """The clusters and tiers the services land on."""

    def service(self, name: str) -> Service:
        """The service of this name.

        Raises:
            StranglerError: there is none.
        """
        if name not in self.services:
            known = ", ".join(self.services) or "none"
            raise StranglerError(f"the plan has no service '{name}'", hint=f"services in the plan: {known}")
        return self.services[name]
