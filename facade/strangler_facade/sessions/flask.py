"""Flask's session cookie: JSON, signed by itsdangerous (``flask.sessions.SecureCookieSessionInterface``)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from itsdangerous import BadData, TimestampSigner
from itsdangerous.encoding import base64_decode
from itsdangerous.exc import BadSignature

from strangler_facade.sessions.payload import unpacked

_SALT = "cookie-session"


def session(value: str, secrets: Sequence[str], now: float, max_age: float) -> Mapping[str, Any] | None:
    """The session in a cookie's value; None unless one of ``secrets`` signed it at most ``max_age`` seconds ago."""
    for secret in secrets:
        signer = TimestampSigner(secret, salt=_SALT, key_derivation="hmac", digest_method=hashlib.sha1)
        try:
            data, signed = signer.unsign(value, return_timestamp=True)
        except (BadSignature, BadData, ValueError):
            continue
        if now - signed.timestamp() > max_age:
            return None
        return unpacked(data.decode("ascii"), base64_decode)
    return None
