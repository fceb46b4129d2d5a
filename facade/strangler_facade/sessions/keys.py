"""The facade's own keys: one secret in the state directory, and from it one for each service."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from strangler.errors import StranglerError

_NAME = "identity.key"


def master_key(state: Path) -> bytes:
    """The secret of this facade, made at the first call; readable by its owner only.

    Raises:
        StranglerError: the file is damaged.
    """
    path = state / _NAME
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != 32:
            raise StranglerError(f"{path} is damaged", hint="delete it; services then need their new keys") from None
        return key
    with os.fdopen(handle, "wb") as stream:
        key = secrets.token_bytes(32)
        stream.write(key)
    return key


def identity_key(state: Path, service: str) -> str:
    """The key that a service of this facade verifies ``X-Strangler-Identity`` with."""
    return service_key(master_key(state), service)


def service_key(master: bytes, service: str) -> str:
    """The key that one service verifies identities with; it says nothing about any other service's."""
    return hmac.digest(master, f"strangler identity for {service}".encode(), "sha256").hex()
