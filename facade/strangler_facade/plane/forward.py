"""The head a target gets: the client's lines as they came, and what a proxy must add."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from strangler_facade.plane.codecs.heads import RequestHead
from strangler_facade.table import Forwarding, Rewrite

_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


def trace_context(given: bytes | None) -> bytes:
    """The traceparent to send on: the client's own if it is well formed, otherwise that of a new trace."""
    return given if given is not None and _TRACEPARENT.fullmatch(given) else new_trace()


def _traces() -> Iterator[bytes]:
    """New, sampled traces: a random number for each, behind one for all of ours; random text is made much at a time."""
    prefix = b"00-" + os.urandom(8).hex().encode()
    while True:
        text = os.urandom(8 * 1024).hex().encode()
        for at in range(0, len(text), 16):
            number = text[at : at + 16]
            yield b"".join((prefix, number, b"-", number, b"-01"))


new_trace: Callable[[], bytes] = _traces().__next__
"""The traceparent of a new trace."""


class Forwarder:
    """What targets are told of a client; one for each table."""

    def __init__(self, forwarding: Forwarding) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(map(ip_network, forwarding.trusted))
        self._forwarded = forwarding.forwarded
        self.via = b"Via: 1.1 " + forwarding.via.encode() + b"\r\n"

    def trusts(self, address: str) -> bool:
        """Whether a client's word on where a request came from counts."""
        if not self._networks or not address:
            return False
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)

    def lines(self, address: str, secure: bool, host: bytes) -> bytes:
        """The lines for a request of a client that is not trusted: what we know ourselves."""
        who, scheme = address.encode(), b"https" if secure else b"http"
        text = b"%bX-Forwarded-For: %b\r\nX-Forwarded-Proto: %b\r\nX-Real-IP: %b\r\n" % (self.via, who, scheme, who)
        if self._forwarded:
            node = b'"[%b]"' % who if b":" in who else who
            text += b"Forwarded: for=%b;proto=%b\r\n" % (node, scheme)
        return b"%bX-Forwarded-Host: %b\r\n" % (text, host)

    def trusted_lines(self, address: str, secure: bool, host: bytes, extras: dict[bytes, bytes]) -> bytes:
        """The lines for a request that a trusted proxy sent: its own, continued."""
        chain = extras.get(b"x-forwarded-for")
        who = address.encode()
        scheme = extras.get(b"x-forwarded-proto", b"https" if secure else b"http")
        lines = [
            self.via,
            b"X-Forwarded-For: " + (chain + b", " + who if chain else who),
            b"\r\nX-Forwarded-Proto: " + scheme,
            b"\r\nX-Real-IP: " + extras.get(b"x-real-ip", chain.split(b",")[0].strip() if chain else who),
            b"\r\nX-Forwarded-Host: " + extras.get(b"x-forwarded-host", host) + b"\r\n",
        ]
        if b"x-forwarded-port" in extras:
            lines.append(b"X-Forwarded-Port: " + extras[b"x-forwarded-port"] + b"\r\n")
        if b"forwarded" in extras:
            lines.append(b"Forwarded: " + extras[b"forwarded"] + b", for=" + who + b"\r\n")
        return b"".join(lines)

    def client_address(self, address: str, extras: dict[bytes, bytes]) -> str:
        """Who asked, behind trusted proxies: the last address of the chain that is not one of them."""
        chain = extras.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        for hop in reversed([part.strip() for part in chain if part.strip()]):
            if not self.trusts(hop):
                return hop
        return address


def rewritten(target: bytes, base: bytes, rewrite: Rewrite | None) -> bytes:
    """The request target as the server gets it; only its beginning changes, every other byte is the client's."""
    if rewrite is not None and target.startswith(rewrite.prefix.encode()):
        target = rewrite.to.encode() + target[len(rewrite.prefix.encode()) :]
        target = target if target[:1] == b"/" else b"/" + target
    return base + target if base and target != b"*" else target


def special_lines(head: RequestHead) -> bytes:
    """Lines for what a proxy passes on only knowingly: a WebSocket upgrade, Expect, Max-Forwards."""
    extras, lines = head.extras, b""
    if wants_websocket(head):
        lines += b"Connection: upgrade\r\nUpgrade: " + extras[b"upgrade"] + b"\r\n"
    if b"expect" in extras:
        lines += b"Expect: 100-continue\r\n"
    if b"max-forwards" in extras:
        count = extras[b"max-forwards"]
        if head.method == b"OPTIONS" and count.isdigit() and len(count) < 10 and int(count) > 0:
            count = b"%d" % (int(count) - 1)
        lines += b"Max-Forwards: " + count + b"\r\n"
    return lines


def wants_websocket(head: RequestHead) -> bool:
    """Whether the client asks to speak WebSocket from here on; no other protocol is passed through."""
    extras = head.extras
    return extras.get(b"upgrade", b"").lower() == b"websocket" and b"connection" in extras and head.minor == 1
