"""Token → caller: signature, issuer, audience and time are checked before a claim is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import jwt

from strangler_deploy.control_plane.identity.caller import Caller, Unauthenticated, caller_of
from strangler_deploy.control_plane.identity.keys import KeySource

# Asymmetric ones only: with HMAC, whoever checks a token could have made it.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_SECONDS = 30


@dataclass(frozen=True)
class Claims:
    """Where a token says what: names that differ from issuer to issuer."""

    audience: str = "strangler-control-plane"
    tenant: str = "tenant"
    role: str = "roles"


class Verifier:
    """Checks tokens of the issuers it knows."""

    def __init__(self, sources: Iterable[KeySource], claims: Claims) -> None:
        """A token is checked with the keys of the issuer it names, and of no other."""
        self._sources = {source.issuer: source for source in sources}
        self._claims = claims

    def caller(self, token: str) -> Caller:
        """Who holds this token.

        Raises:
            Unauthenticated: it does not count, with the reason.
            UpstreamError: its issuer's keys cannot be had.
        """
        try:
            header = jwt.get_unverified_header(token)
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
            source = self._sources.get(issuer) if isinstance(issuer, str) else None
            key = source.key(str(header.get("kid", ""))) if source else None
            if source is None or key is None:
                raise Unauthenticated("the token is of an issuer or key that is not known here")
            claims = jwt.decode(
                token,
                key,
                algorithms=[name for name in ALGORITHMS if name == key.algorithm_name],
                issuer=source.issuer,
                audience=self._claims.audience,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"the token does not count: {error}") from error
        return caller_of(claims, tenant_claim=self._claims.tenant, role_claim=self._claims.role)
