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
_VALUE = bytes(byte if byte in (9, *range(32, 127), *range(128, 256)) else 32 for byte in range(256))
"""To translate a value with: what may not stand in one becomes a space, so that only a good value stays the same."""
_LONGEST_REMEMBERED = 200
_MOST_REMEMBERED = 4096
_SECRET = frozenset((b"cookie", b"authorization", b"set-cookie"))

Meaning = tuple[int, bytes, bytes]
"""What a line is to us: its kind and, unless that is ``KEEP``, its name in lower case and its value, stripped."""
_ORDINARY: Final[Meaning] = (KEEP, b"", b"")


class Lines(dict[bytes, Meaning]):
    """What becomes of a header line with the CR behind it.

    Most lines come again and again, byte for byte: those are remembered, but for long ones and secrets. The remembered
    ones that nobody looks at are in ``ordinary`` alone: to ask a set is half as dear as a mapping's look-up.
    """

    def __init__(self, kinds: dict[bytes, int]) -> None:
        super().__init__()
        self.ordinary: set[bytes] = set()
        self._kinds = kinds
        self._names: dict[bytes, tuple[bytes, int, int]] = {}

    def __missing__(self, line: bytes) -> Meaning:
        """Read a line that is not remembered.

        Raises:
            Refusal: 400, it is no header field: bad name, space before the colon, a fold, a control character.
        """
        written, _, rest = line.partition(b":")
        name, kind, longest = self._names.get(written) or self._name(written)
        value = rest[:-1]
        if rest[-1:] != b"\r" or value.translate(_VALUE) != value:
            raise Refusal(400, "a header line is malformed")
        found = _ORDINARY
        if kind:
            value = value.strip(b" \t")
            found = DROP if kind == CONNECTION and value == b"keep-alive" else kind, name, value
        if len(line) <= longest:
            self._remember(line, found)
        return found

    def _remember(self, line: bytes, found: Meaning) -> None:
        if len(self) + len(self.ordinary) >= _MOST_REMEMBERED:
            self.clear()
            self.ordinary.clear()
        if found is _ORDINARY:
            self.ordinary.add(line)
        else:
            self[line] = found

    def _name(self, written: bytes) -> tuple[bytes, int, int]:
        """A name in lower case, its kind, and how long a line with it may be to be remembered; itself remembered."""
        if _TOKEN.fullmatch(written) is None:
            raise Refusal(400, "a header line is malformed")
        name = written.lower()
        found = name, self._kind(name), -1 if name in _SECRET else _LONGEST_REMEMBERED
        if len(self._names) >= _MOST_REMEMBERED:
            self._names.clear()
        if len(written) <= _LONGEST_REMEMBERED:
            self._names[written] = found
        return found

    def _kind(self, name: bytes) -> int:
        """What becomes of the field; one that CGI and WSGI servers take for a field of ours, by underscores, goes."""
        if b"_" in name and dashed(name) in self._kinds:
            return DROP
        return self._kinds.get(name, KEEP)


REQUEST_LINES = Lines(REQUEST_KINDS)
RESPONSE_LINES = Lines(RESPONSE_KINDS)


def dashed(name: bytes) -> bytes:
    """The name as servers know it that make no difference between underscores and dashes."""
    return name.replace(b"_", b"-")


def name_and_value(line: bytes) -> tuple[bytes, bytes]:
    """A header line's name in lower case, and its value without the space around it."""
    name, _, value = line.partition(b":")
    return name.lower(), value.strip(b" \t")
