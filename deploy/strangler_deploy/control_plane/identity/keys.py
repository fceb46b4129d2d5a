"""Where the keys come from that tokens are checked with: an OIDC issuer, or a key file of our own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from strangler.errors import StranglerError, UpstreamError
from strangler.files import write_file

LOCAL_ISSUER = "strangler-control-plane"
_REFRESH_SECONDS = 30.0  # a token with a made-up key id must not make us ask the issuer each time
_TIMEOUT = 5.0


class KeySource(Protocol):
    """The keys of one issuer by their ids."""

    issuer: str

    def key(self, key_id: str) -> jwt.PyJWK | None:
        """The key, or None if the issuer has no such one."""


class OidcKeys:
    """The keys that an issuer publishes; looked up when a new id turns up, and kept."""

    def __init__(self, issuer: str, clock: Callable[[], float]) -> None:
        """``clock`` counts seconds; nothing is asked of the issuer yet."""
        self.issuer = issuer
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked: float | None = None
        self._lock = threading.Lock()

    def key(self, key_id: str) -> jwt.PyJWK | None:
        """The key, from memory if it is there.

        Raises:
            UpstreamError: the issuer does not answer as OpenID Connect Discovery says.
        """
        with self._lock:
            if key_id not in self._keys and self._may_ask():
                self._asked = self._clock()
                self._keys = self._fetch()
            return self._keys.get(key_id)

    def _may_ask(self) -> bool:
        return self._asked is None or self._clock() - self._asked >= _REFRESH_SECONDS

    def _fetch(self) -> dict[str, jwt.PyJWK]:
        """Through ``/.well-known/openid-configuration`` to the JWKS (OpenID Connect Discovery 1.0, section 4)."""
        found = _get_json(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise UpstreamError(f"{self.issuer} says it is {found.get('issuer')!r}")
        keys = _get_json(str(found.get("jwks_uri"))).get("keys")
        return dict(_usable(keys if isinstance(keys, list) else []))


def _usable(keys: list[Any]) -> list[tuple[str, jwt.PyJWK]]:
    usable = []
    for data in keys:
        if isinstance(data, Mapping) and data.get("kid") and data.get("use", "sig") == "sig":
            try:
                usable.append((str(data["kid"]), jwt.PyJWK(dict(data))))
            except (jwt.PyJWKError, jwt.InvalidKeyError):
                continue  # of a kind that we do not know: tokens signed with it are refused
    return usable


def _get_json(url: str) -> dict[str, Any]:
    try:
        answer = httpx.get(url, timeout=_TIMEOUT).raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise UpstreamError(f"cannot read {url}: {error}") from error
    if not isinstance(answer, dict):
        raise UpstreamError(f"{url} holds no JSON object")
    return answer


class LocalKeys:
    """A key of this installation, for those without an issuer; it also signs."""

    issuer = LOCAL_ISSUER

    def __init__(self, path: Path) -> None:
        """Read the key at ``path``, or make one that only its owner can read.

        Raises:
            StranglerError: the file holds something else.
        """
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, _new_key())
            path.chmod(0o600)
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), None)
        except ValueError as error:
            raise StranglerError(f"{path} holds no private key", hint="remove it to have a new one made") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise StranglerError(f"{path} holds a key that is not Ed25519")
        self._private = key
        public = jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key())
        self._jwk = jwt.PyJWK(json.loads(public), "EdDSA")

    def key(self, key_id: str) -> jwt.PyJWK | None:
        """The one key, by its name."""
        return self._jwk if key_id == "local" else None

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token with these claims."""
        return jwt.encode({"iss": self.issuer, **claims}, self._private, "EdDSA", headers={"kid": "local"})


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
