"""Django's sessions: signed cookies, and the signed data of those kept in its database (``django.core.signing``)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from strangler_facade.sessions.payload import unpacked

_COOKIE_SALT = "django.contrib.sessions.backends.signed_cookies"
_STORE_SALT = "django.contrib.sessions.SessionStore"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def signed_session(value: str, secrets: Sequence[str], now: float, max_age: float) -> Mapping[str, Any] | None:
    """The session in a cookie's value; None unless one of ``secrets`` signed it at most ``max_age`` seconds ago."""
    opened = _opened(value, secrets, _COOKIE_SALT)
    if opened is None or now - opened[1] > max_age:
        return None
    return unpacked(opened[0], _decode)


def stored_session(data: str | None, secrets: Sequence[str]) -> Mapping[str, Any] | None:
    """The session in a row's ``session_data``; None if there is no row, or no secret signed it."""
    opened = _opened(data, secrets, _STORE_SALT) if data else None
    return unpacked(opened[0], _decode) if opened else None


def _opened(value: str, secrets: Sequence[str], salt: str) -> tuple[str, int] | None:
    """The payload and the time it was signed, if the signature holds."""
    signed, colon, signature = value.rpartition(":")
    payload, second, stamp = signed.rpartition(":")
    if not (colon and second and signature.isascii() and stamp):
        return None
    if not any(hmac.compare_digest(signature, _signature(signed, secret, salt)) for secret in secrets):
        return None
    return payload, _base62(stamp)


def _signature(signed: str, secret: str, salt: str) -> str:
    key = hashlib.sha256((salt + "signer" + secret).encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, signed.encode(), "sha256")).rstrip(b"=").decode()


def _base62(text: str) -> int:
    number = 0
    for digit in text:
        number = number * 62 + _BASE62.index(digit)
    return number


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
