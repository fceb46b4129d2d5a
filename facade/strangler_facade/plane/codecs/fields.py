"""The header fields a proxy must look at, and what becomes of each line that carries one."""

from __future__ import annotations

import re
from typing import Final

from strangler_facade.plane.codecs.refusal import Refusal

KEEP: Final = 0
"""Forwarded as it came."""
DROP: Final = 1
"""Belongs to one connection only, or is for us to say: left out."""
HOST: Final = 2
LENGTH: Final = 3
CODING: Final = 4
CONNECTION: Final = 5
COOKIE: Final = 6
EXTRA: Final = 7
"""Left out of the forwarded lines, its value handed over by name."""
NOTED: Final = 8
"""Forwarded as it came, and its value handed over by name."""

REQUEST_KINDS: Final = {
    b"host": HOST,
    b"content-length": LENGTH,
    b"transfer-encoding": CODING,
    b"connection": CONNECTION,
    b"cookie": COOKIE,
    b"keep-alive": DROP,
    b"proxy-connection": DROP,
    b"proxy-authorization": DROP,
    b"te": DROP,
    b"x-strangler-shadow": DROP,
    b"strangler-canary": DROP,
    b"upgrade": EXTRA,
    b"expect": EXTRA,
    b"max-forwards": EXTRA,
    b"traceparent": EXTRA,
    b"x-forwarded-for": EXTRA,
    b"x-forwarded-proto": EXTRA,
    b"x-forwarded-host": EXTRA,
    b"x-forwarded-port": EXTRA,
    b"x-real-ip": EXTRA,
    b"forwarded": EXTRA,
    b"authorization": NOTED,
    b"idempotency-key": NOTED,
}
RESPONSE_KINDS: Final = {
    b"content-length": LENGTH,
    b"transfer-encoding": CODING,
    b"connection": CONNECTION,
    b"keep-alive": DROP,
    b"proxy-connection": DROP,
    b"proxy-authenticate": DROP,
    b"te": DROP,
    b"upgrade": EXTRA,
    b"x-strangler-indeterminate": DROP,
}
PROTECTED: Final = frozenset(REQUEST_KINDS) | frozenset(
    b"x-strangler-identity set-cookie content-type content-encoding cache-control www-authenticate origin".split()
)
"""Names a Connection field may not nominate: taking them off would change what the message means."""

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE_BYTES = bytes((9, *range(32, 127), *range(128, 256)))
_LONGEST_REMEMBERED = 200
_MOST_REMEMBERED = 4096
_SECRET = frozenset((b"cookie", b"authorization", b"set-cookie"))

Special = tuple[int, bytes, bytes, bytes]
"""A line that must be looked at: its kind, its name in lower case, its value without the space around it, itself."""


class Lines(dict[bytes, Special | None]):
    """What becomes of a header line with the CR behind it: ``None`` to forward it as it came.

    Most lines come again and again, byte for byte: those are remembered, but for long ones and secrets.
    """

    def __init__(self, kinds: dict[bytes, int]) -> None:
        super().__init__()
        self._kinds = kinds
        self._names: dict[bytes, tuple[bytes, int, int]] = {}

    def __missing__(self, line: bytes) -> Special | None:
        """Read a line that is not remembered.

        Raises:
            Refusal: 400, it is no header field: bad name, space before the colon, a fold, a control character.
        """
        written, colon, value = line.partition(b":")
        name, kind, longest = self._names.get(written) or self._name(written)
        if not colon or value[-1:] != b"\r" or value.translate(None, _VALUE_BYTES) != b"\r":
            raise Refusal(400, "a header line is malformed")
        value = value.strip(b" \t\r")
        if kind == CONNECTION and value == b"keep-alive":
            kind = DROP
        special = (kind, name, value, line) if kind else None
        if len(line) <= longest:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[line] = special
        return special

    def _name(self, written: bytes) -> tuple[bytes, int, int]:
        """A name in lower case, its kind, and how long a line with it may be to be remembered; itself remembered."""
        if _TOKEN.fullmatch(written) is None:
            raise Refusal(400, "a header line is malformed")
        name = written.lower()
        found = name, self._kinds.get(name, KEEP), -1 if name in _SECRET else _LONGEST_REMEMBERED
        if len(self._names) >= _MOST_REMEMBERED:
            self._names.clear()
        if len(written) <= _LONGEST_REMEMBERED:
            self._names[written] = found
        return found


REQUEST_LINES = Lines(REQUEST_KINDS)
RESPONSE_LINES = Lines(RESPONSE_KINDS)


def name_and_value(line: bytes) -> tuple[bytes, bytes]:
    """A header line's name in lower case, and its value without the space around it."""
    name, _, value = line.partition(b":")
    return name.lower(), value.strip(b" \t")
