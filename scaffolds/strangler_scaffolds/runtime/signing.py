"""Signs calls between monolith and service, so that the call endpoints serve nobody else."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Dict, Mapping, Optional

HEADER = "Strangler-Signature"
# How far the two machines' clocks may be apart, and for how long a recorded call could be sent again.
TOLERANCE_SECONDS = 300


def read_keys(text: str) -> Dict[str, bytes]:
    """Keys by id, from ``id:secret,id:secret``; the first signs, all of them verify, so that keys can be rotated."""
    pairs = (item.strip().partition(":") for item in text.split(",") if item.strip())
    return {name: secret.encode() for name, _, secret in pairs if secret}


def sign(keys: Mapping[str, bytes], path: str, body: bytes, now: Optional[float] = None) -> str:
    """The header's value for a call."""
    name = next(iter(keys))
    moment = str(int(time.time() if now is None else now))
    return f"{name} {moment} {_digest(keys[name], moment, path, body)}"


def is_signed(keys: Mapping[str, bytes], header: str, path: str, body: bytes, now: Optional[float] = None) -> bool:
    """Whether ``header`` is the signature of this very call, made a short while ago with one of the keys."""
    parts = header.split(" ")
    if len(parts) != 3 or parts[0] not in keys or not parts[1].isdigit():
        return False
    if abs((time.time() if now is None else now) - int(parts[1])) > TOLERANCE_SECONDS:
        return False
    return hmac.compare_digest(_digest(keys[parts[0]], parts[1], path, body), parts[2])


def _digest(key: bytes, moment: str, path: str, body: bytes) -> str:
    message = b"\n".join((moment.encode(), path.encode(), hashlib.sha256(body).digest()))
    return hmac.new(key, message, hashlib.sha256).hexdigest()
