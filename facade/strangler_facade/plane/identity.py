"""What a verified session says of a request, and what the service behind it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from strangler_facade.match import Request
from strangler_facade.plane.codecs.fields import dashed, name_and_value
from strangler_facade.plane.codecs.heads import RequestHead


class Bridge(Protocol):
    """Verifies sessions and vouches for them (``strangler_facade.sessions``)."""

    @property
    def names(self) -> tuple[str, ...]:
        """The header fields it adds, which no client may send."""

    def claims(self, cookie_header: str, authorization: str) -> Mapping[str, str]:
        """What the request's session says, if it is genuine."""

    def headers(self, cookie_header: str, authorization: str, service: str) -> tuple[tuple[str, str], ...]:
        """The fields that tell a service who asks, signed by the facade."""


BridgeMaker = Callable[[Mapping[str, Any]], Bridge]


class Identity:
    """The bridge as a worker uses it: on bytes, before the decision and after it."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._names = frozenset(name.lower().encode() for name in bridge.names)

    def prepare(self, head: RequestHead, request: Request) -> RequestHead:
        """Take off what only we may say, and learn the claims of the request's session."""
        lines = head.lines.split(b"\r\n")
        kept = [line for line in lines if dashed(name_and_value(line)[0]) not in self._names]
        if len(kept) != len(lines):
            head = head._replace(lines=b"\r\n".join(kept))
            request.lines = head.lines
        request.claims = self._bridge.claims(*_session(head))
        return head

    def lines(self, head: RequestHead, service: str) -> bytes:
        """The lines that tell ``service`` who asks."""
        pairs = self._bridge.headers(*_session(head), service)
        return "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("latin-1", "replace")


def _session(head: RequestHead) -> tuple[str, str]:
    return head.cookie.decode("latin-1"), head.extras.get(b"authorization", b"").decode("latin-1")
