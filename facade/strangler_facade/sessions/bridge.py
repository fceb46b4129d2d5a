"""From a request's cookie or bearer token to the signed header a service gets."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from strangler.errors import StranglerError
from strangler_facade.sessions import django, flask, jwt
from strangler_facade.sessions.stored import StoredSessions

HEADER = "X-Strangler-Identity"
"""The request header with the signed claims; clients' own are taken off."""

_REMEMBERED = 10_000
_LIFETIME = 120
_LONGEST_CREDENTIAL = 16 * 1024

Verify = Callable[[str, float], Mapping[str, Any] | None]
Claims = Callable[[str, str], Mapping[str, str]]
"""From a Cookie and an Authorization header to the claims of the session in them."""


def nobody(cookie_header: str, authorization: str) -> Mapping[str, str]:
    """The claims where no sessions are verified."""
    return {}


class Bridge:
    """Verifies sessions by one configuration; remembers what it has verified, for at most a minute."""

    names: tuple[str, ...] = (HEADER,)

    def __init__(self, config: Mapping[str, Any], *, clock: Callable[[], float] = time.time) -> None:
        """Make a bridge of an identity configuration (``sessions.settings.identity_config``).

        Raises:
            StranglerError: its kind is unknown, or its keys are unusable.
        """
        self._config, self._clock = config, clock
        self._bearer = config["kind"] == "jwt" and not config.get("cookie")
        self._cookie = config.get("cookie") or ""
        self._wanted: Mapping[str, str] = config["claims"]
        self._keys: Mapping[str, str] = config["keys"]
        self._verify = _verifier(config)
        self._known: OrderedDict[str, tuple[float, Mapping[str, str]]] = OrderedDict()
        self._minted: OrderedDict[tuple[str, str], tuple[float, tuple[tuple[str, str], ...]]] = OrderedDict()

    def claims(self, cookie_header: str, authorization: str) -> Mapping[str, str]:
        """The claims of the request's session, all as text; empty if it has none that holds."""
        credential = self._credential(cookie_header, authorization)
        if not credential or len(credential) > _LONGEST_CREDENTIAL:
            return {}
        now = self._clock()
        known = self._known.get(credential)
        if known is not None and known[0] > now:
            return known[1]
        found = self._verify(credential, now)
        claims = _chosen(found, self._wanted) if found else {}
        until = min(now + self._config.get("remember", 30.0), _expiry(found, now))
        _remember(self._known, credential, (until, claims))
        return claims

    def headers(self, cookie_header: str, authorization: str, service: str) -> tuple[tuple[str, str], ...]:
        """The headers the request goes to ``service`` with: its user's claims signed for it, or none."""
        key = self._keys.get(service)
        claims = self.claims(cookie_header, authorization) if key else {}
        if not claims or not key:
            return ()
        credential, now = self._credential(cookie_header, authorization), self._clock()
        minted = self._minted.get((credential, service))
        if minted is not None and minted[0] > now:
            return minted[1]
        body = {**claims, "iss": "strangler", "aud": service, "iat": int(now), "exp": int(now) + _LIFETIME}
        headers = ((HEADER, jwt.sign(body, key)),)
        _remember(self._minted, (credential, service), (now + min(30, _LIFETIME / 4), headers))
        return headers

    def _credential(self, cookie_header: str, authorization: str) -> str:
        if self._bearer:
            scheme, _, token = authorization.partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
        return _cookie(cookie_header, self._cookie)


def bridge(config: Mapping[str, Any]) -> Bridge:
    """The bridge for an ``identity`` message's configuration."""
    return Bridge(config)


def obstacle(config: Mapping[str, Any]) -> str | None:
    """Why sessions by this configuration cannot be looked up at the moment; may wait a second for a database."""
    return StoredSessions(config["database"]).obstacle() if config["kind"] == "django-db" else None


def _verifier(config: Mapping[str, Any]) -> Verify:
    kind, secrets, age = config["kind"], tuple(config.get("secrets", ())), config.get("max_age", 14 * 86400)
    if kind == "flask":
        return lambda value, now: flask.session(value, secrets, now, age)
    if kind == "django":
        return lambda value, now: django.signed_session(value, secrets, now, age)
    if kind == "django-db":
        stored = StoredSessions(config["database"])
        return lambda value, now: django.stored_session(stored.data(value, now), secrets)
    if kind == "jwt":
        keys = jwt.Keys(secrets, config.get("jwks") or {})
        expected = (config.get("issuer"), config.get("audience"))
        return lambda value, now: jwt.verify(value, keys, now, *expected)
    raise StranglerError(f"there are no sessions of kind '{kind}'", hint="flask, django, django-db or jwt")


def _chosen(found: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, str]:
    """The claims that the plan names and the session has; only plain values can be claims."""
    chosen = {claim: found.get(key) for claim, key in wanted.items()}
    return {claim: _text(value) for claim, value in chosen.items() if isinstance(value, str | int) and value != ""}


def _text(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _expiry(found: Mapping[str, Any] | None, now: float) -> float:
    expires = (found or {}).get("exp")
    return float(expires) if isinstance(expires, int | float) else now + 3600


def _cookie(header: str, name: str) -> str:
    for part in header.split(";"):
        key, equals, value = part.partition("=")
        if equals and key.strip() == name:
            return value.strip().strip('"')
    return ""


def _remember(memory: OrderedDict[Any, Any], key: object, value: object) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)
