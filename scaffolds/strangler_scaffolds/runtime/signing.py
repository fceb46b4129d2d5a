"""Signs calls between monolith and service, so that the call endpoints serve nobody else."""

from __future__ import annotations

import collections
import hashlib
import hmac
import secrets
import threading
import time
from typing import Callable, Dict, Mapping, Optional

HEADER = "Strangler-Signature"
# How far the two machines' clocks may be apart.
TOLERANCE_SECONDS = 300
_LONGEST_HEADER = 1000


def read_keys(text: str) -> Dict[str, bytes]:
    """Keys by id, from ``id:secret,id:secret``; the first signs, all of them verify, so that keys can be rotated."""
    pairs = (item.strip().partition(":") for item in text.split(",") if item.strip())
    return {name: secret.encode() for name, _, secret in pairs if secret}


def sign(keys: Mapping[str, bytes], path: str, body: bytes, call: str = "", now: Optional[float] = None) -> str:
    """The header's value for one sending of a call; ``call`` is its idempotency key."""
    name = next(iter(keys))
    moment, nonce = str(int(time.time() if now is None else now)), secrets.token_hex(8)
    return f"{name} {moment} {nonce} {_digest(keys[name], moment, nonce, path, call, body)}"


class Verifier:
    """Says whether a call was signed by somebody who has a key, a short while ago, and was not let in before.

    What was let in is remembered in this process, as long as it could be sent again; another process, or this one after
    a restart, does not know it.
    """

    def __init__(self, keys: Mapping[str, bytes], clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: "collections.OrderedDict[str, float]" = collections.OrderedDict()

    def lets_in(self, header: str, path: str, body: bytes, call: str = "") -> bool:
        """Whether ``header`` is a signature of this very call that was not used before; without keys, always."""
        if not self._keys:
            return True
        # Anybody may send anything: a letter beyond ASCII, or a number of a thousand digits, would raise further on.
        readable = header.isascii() and len(header) <= _LONGEST_HEADER and header.count(" ") == 3
        name, moment, nonce, digest = header.split(" ") if readable else ("", "", "", "")
        if name not in self._keys or not moment.isdigit():
            return False
        now = self._clock()
        if abs(now - int(moment)) > TOLERANCE_SECONDS:
            return False
        expected = _digest(self._keys[name], moment, nonce, path, call, body)
        return hmac.compare_digest(expected, digest) and self._is_new(digest, now)

    def _is_new(self, digest: str, now: float) -> bool:
        with self._lock:
            while self._seen and next(iter(self._seen.values())) < now:
                self._seen.popitem(last=False)
            if digest in self._seen:
                return False
            # Its moment may lie ahead of our clock: twice as long is long enough.
            self._seen[digest] = now + 2 * TOLERANCE_SECONDS
            return True


def _digest(key: bytes, moment: str, nonce: str, path: str, call: str, body: bytes) -> str:
    parts = (moment, nonce, path, call, hashlib.sha256(body).hexdigest())
    return hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()
