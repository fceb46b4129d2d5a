"""JSON web tokens (RFC 7519): verifies the monolith's (HS256/384/512, RS256), signs those for services (HS256)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

_HMAC = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, section 9.2, note 1
_LEEWAY_SECONDS = 30


class Keys:
    """What tokens are verified with: shared secrets, and RSA public keys from a key set (RFC 7517)."""

    def __init__(self, secrets: Sequence[str], jwks: Mapping[str, Any]) -> None:
        """Take secrets and the key set; keys of other kinds in it are left out."""
        self.secrets = tuple(secret.encode() for secret in secrets)
        self.rsa = [
            (key.get("kid"), int.from_bytes(_decode(key["n"]), "big"), int.from_bytes(_decode(key["e"]), "big"))
            for key in jwks.get("keys", ())
            if key.get("kty") == "RSA"
        ]


def verify(
    token: str, keys: Keys, now: float, issuer: str | None = None, audience: str | None = None
) -> Mapping[str, Any] | None:
    """The token's claims; None unless it is signed by one of the keys, in time, and for us.

    Which algorithm is believed follows from the key, never from the token alone: a shared secret never verifies
    RS256, a public key never HS256, and ``none`` nothing.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        head, body = json.loads(_decode(parts[0])), json.loads(_decode(parts[1]))
        signature = _decode(parts[2])
    except (ValueError, RecursionError):
        return None
    if not isinstance(head, dict) or not isinstance(body, dict) or "crit" in head:
        return None
    if not _is_signed(f"{parts[0]}.{parts[1]}".encode(), signature, head, keys):
        return None
    return body if _is_current(body, now) and _is_ours(body, issuer, audience) else None


def _is_signed(signed: bytes, signature: bytes, head: Mapping[str, Any], keys: Keys) -> bool:
    algorithm = head.get("alg")
    if algorithm == "RS256":
        return any(_rsa(signed, signature, n, e) for kid, n, e in keys.rsa if head.get("kid") in (None, kid))
    digest = _HMAC.get(algorithm) if isinstance(algorithm, str) else None
    if digest is None:
        return False
    return any(hmac.compare_digest(hmac.digest(secret, signed, digest), signature) for secret in keys.secrets)


def _rsa(signed: bytes, signature: bytes, modulus: int, exponent: int) -> bool:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2.2): the whole encoded message is compared."""
    size = (modulus.bit_length() + 7) // 8
    if len(signature) != size or size < 256:
        return False
    digest = _SHA256_PREFIX + hashlib.sha256(signed).digest()
    expected = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    return pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big") == expected


def _is_current(body: Mapping[str, Any], now: float) -> bool:
    expires, begins = body.get("exp"), body.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(begins, int | float):
        return False  # a token that never ends is no session
    return begins - _LEEWAY_SECONDS <= now < expires + _LEEWAY_SECONDS


def _is_ours(body: Mapping[str, Any], issuer: str | None, audience: str | None) -> bool:
    meant = body.get("aud")
    meant = meant if isinstance(meant, list) else [meant]
    return (issuer is None or body.get("iss") == issuer) and (audience is None or audience in meant)


def sign(body: Mapping[str, Any], key: str) -> str:
    """The claims as a token with an HS256 signature."""
    parts = [_encode({"alg": "HS256", "typ": "JWT"}), _encode(body)]
    signed = b".".join(parts)
    return b".".join([signed, _base64(hmac.digest(key.encode(), signed, "sha256"))]).decode()


def _encode(value: Mapping[str, Any]) -> bytes:
    return _base64(json.dumps(value, separators=(",", ":"), sort_keys=True).encode())


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
