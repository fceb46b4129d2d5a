"""The plan's ``facade.session`` and the environment → the configuration that workers verify sessions by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from strangler.errors import StranglerError
from strangler.plan import Plan, SessionSettings
from strangler_facade.sessions.bridge import bridge
from strangler_facade.sessions.keys import master_key, service_key


def identity_config(plan: Plan, environment: Mapping[str, str], state: Path) -> dict[str, Any] | None:
    """The configuration for ``bridge``; None if the plan has no ``facade.session``.

    Raises:
        StranglerError: a variable that it names is not set, or holds nothing usable.
    """
    settings = plan.facade.session
    if settings is None:
        return None
    master = master_key(state)
    config: dict[str, Any] = {
        "kind": settings.kind,
        "cookie": cookie_name(settings),
        "claims": dict(settings.claims),
        "max_age": settings.max_age,
        "remember": settings.remember,
        "issuer": settings.issuer,
        "audience": settings.audience,
        "secrets": [_variable(environment, name) for name in (settings.secret_env, settings.old_secret_env) if name],
        "keys": {service: service_key(master, service) for service in plan.services},
    }
    if settings.database_env:
        config["database"] = _variable(environment, settings.database_env, " (sqlite:////PATH, postgresql://…)")
    if settings.jwks_env:
        config["jwks"] = _key_set(_variable(environment, settings.jwks_env), settings.jwks_env)
    bridge(config)  # what workers could not use is refused here
    return config


def cookie_name(settings: SessionSettings) -> str:
    """The cookie that sessions are in; empty for a bearer token."""
    defaults = {"flask": "session", "django": "sessionid", "django-db": "sessionid", "jwt": ""}
    return settings.cookie if settings.cookie is not None else defaults[settings.kind]


def steady_claim(settings: SessionSettings | None, cookie: str | None) -> str | None:
    """The claim to know users by instead of a cookie that names nobody; ``None`` if ``cookie`` is none of those.

    A session that is all in its cookie is signed anew with each change, and in Flask with time: another value then.
    """
    if settings is None or settings.kind not in ("flask", "django") or cookie != cookie_name(settings):
        return None
    return "sub" if "sub" in settings.claims else next(iter(settings.claims))


def _variable(environment: Mapping[str, str], name: str, form: str = "") -> str:
    value = environment.get(name, "")
    if not value:
        hint = f"export it for `strangler facade run`{form}, or take facade.session out of the plan"
        raise StranglerError(f"the environment variable {name} is not set, facade.session needs it", hint=hint)
    return value


def _key_set(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise StranglerError(f"{name} is no JSON web key set: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise StranglerError(f"{name} is no JSON web key set", hint='{"keys": [{"kty": "RSA", …}]}')
    return found
