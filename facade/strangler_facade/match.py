"""What a request is to the routes, and the patterns it is matched against; pure, and bytes throughout."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import lru_cache, partial
from urllib.parse import parse_qsl

from strangler_facade.table import Condition, Match

Test = Callable[["Request"], bool]
Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

_ODD = re.compile(rb"%|//|/\.|;")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_WILD = re.compile(r"\{[^{}/]*\}|\*\*|\*|[^{*]+|\{")
NO_CLAIMS: Mapping[str, str] = {}


class Request:
    """What is decided upon: the request line, the header lines as they came, and who sent them.

    ``lines`` are the header fields, each ended by CRLF; ``cookie`` the value of Cookie; ``trusted`` says that the
    client is a proxy whose word counts; ``claims`` are those of a session that was verified.
    """

    __slots__ = ("address", "claims", "cookie", "host", "lines", "method", "path", "query", "trusted")

    def __init__(
        self,
        method: bytes,
        target: bytes,
        host: bytes = b"",
        lines: bytes = b"",
        cookie: bytes = b"",
        address: str = "",
        trusted: bool = False,
        claims: Mapping[str, str] = NO_CLAIMS,
    ) -> None:
        self.method = method
        self.path, _, self.query = target.partition(b"?")
        self.host = host
        self.lines = lines
        self.cookie = cookie
        self.address = address
        self.trusted = trusted
        self.claims = claims

    def header(self, name: str) -> bytes | None:
        """The first value of a header field, by its name in any case."""
        found = _field(name.lower()).search(b"\r\n" + self.lines)
        return found[1] if found else None

    def cookie_value(self, name: str) -> bytes | None:
        """The value of a cookie."""
        found = crumb(name).search(self.cookie) if self.cookie else None
        return found[1] if found else None

    def query_value(self, name: str) -> bytes | None:
        """The first value of a query parameter, decoded."""
        for key, value in parse_qsl(self.query, keep_blank_values=True):
            if key == name.encode():
                return value
        return None

    def claim(self, name: str) -> bytes | None:
        """A claim of the session that was verified."""
        found = self.claims.get(name)
        return None if found is None else found.encode()

    def host_name(self) -> str:
        """The host that is asked for, in lower case, without its port."""
        host = self.host.decode("latin-1").lower()
        return (host if host.endswith("]") else re.sub(r":\d*\Z", "", host)).rstrip(".")


@lru_cache(maxsize=1024)
def _field(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?i)\r\n" + re.escape(name.encode()) + rb":[ \t]*([^\r\n]*?)[ \t]*\r\n")


@lru_cache(maxsize=1024)
def crumb(name: str) -> re.Pattern[bytes]:
    """A pattern that finds the value of a cookie in a Cookie field."""
    return re.compile(rb"(?:^|;[ \t]*)" + re.escape(name.encode()) + rb'="?([^;"]*)')


def normalised(path: bytes) -> bytes:
    """The path as it is matched: escapes decoded (not ``%2F``), parameters, empty and dot segments taken out.

    Only for matching: what is forwarded are the bytes that came.
    """
    if _ODD.search(path) is None:
        return path
    kept: list[bytes] = []
    segments = _ESCAPE.sub(_decoded, path).split(b"/")
    for segment in segments[1:]:
        name = segment.partition(b";")[0]
        if name == b"..":
            del kept[-1:]
        elif name not in (b"", b"."):
            kept.append(name)
    ends = segments[-1].partition(b";")[0] in (b"", b".", b"..")
    return b"/" + b"/".join(kept) + (b"/" if ends and kept else b"")


def _decoded(match: re.Match[bytes]) -> bytes:
    byte = bytes([int(match[1], 16)])
    return match[0].upper() if byte in (b"/", b"\\", b"%", b";") or byte < b"\x20" else byte


class PathPattern:
    """One path template, compiled to the cheapest thing that decides it: ``matches`` takes a normalised path."""

    __slots__ = ("literal", "matches")

    def __init__(self, template: str) -> None:
        pieces = _WILD.findall(template)
        self.literal = pieces[0].encode() if not _is_wild(pieces[0]) else b""
        self.matches: Callable[[bytes], bool]
        if not any(map(_is_wild, pieces)):
            self.matches = template.encode().__eq__
            self.literal += b"/"
        elif template.endswith("/**") and len(pieces) == 2:
            self.matches = _prefix_test(template[:-2].encode())
        else:
            regex = re.compile(_expression(template).encode(), re.DOTALL)
            self.matches = lambda path: regex.fullmatch(path) is not None


def _prefix_test(prefix: bytes) -> Callable[[bytes], bool]:
    bare = prefix[:-1]
    return lambda path: path.startswith(prefix) or path == bare


def _is_wild(piece: str) -> bool:
    return piece[0] == "*" or (piece[0] == "{" and piece[-1] == "}")


def _expression(template: str) -> str:
    ending = ""
    if template.endswith("/**"):
        template, ending = template[:-3], "(?:/.*)?"
    return "".join(_piece(piece) for piece in _WILD.findall(template)) + ending


def _piece(piece: str) -> str:
    if piece == "**":
        return ".*"
    if piece == "*":
        return "[^/]*"
    return "[^/]+" if _is_wild(piece) else re.escape(piece)


def conditions_of(match: Match, tenant: Callable[[Request], str]) -> tuple[Test, ...]:
    """All that a match asks besides its paths, the cheap tests first."""
    tests: list[Test] = []
    if match.methods:
        methods = frozenset(method.encode() for method in match.methods)
        tests.append(lambda request: request.method in methods)
    if match.hosts:
        tests.append(_host_test(match.hosts))
    if match.tenants:
        tenants = frozenset(match.tenants)
        tests.append(lambda request: tenant(request) in tenants)
    tests += _conditions(match.headers, Request.header)
    tests += _conditions(match.cookies, Request.cookie_value)
    tests += _conditions(match.query, Request.query_value)
    tests += _conditions(match.claims, Request.claim)
    if match.clients:
        tests.append(_client_test(match.clients))
    return tuple(tests)


def obstacles(match: Match, tenant: Callable[[Request], str], request: Request) -> Iterator[str]:
    """The parts of a match, paths aside, that do not hold for a request, each by its name."""
    for field in fields(match):
        asked = getattr(match, field.name)
        if field.name == "paths" or not asked:
            continue
        for one in asked if isinstance(asked[0], Condition) else (None,):
            alone = replace(Match(), **{field.name: (one,) if one else asked})
            if not all(test(request) for test in conditions_of(alone, tenant)):
                yield f"{field.name} {one.name}" if one else field.name


def _client_test(networks: Iterable[str]) -> Test:
    parsed = tuple(ipaddress.ip_network(network) for network in networks)
    inside = lru_cache(maxsize=4096)(partial(_is_inside, parsed))  # no decorated closure: mypyc does not bind it
    return lambda request: inside(request.address)


def _is_inside(networks: Networks, address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def _host_test(hosts: Iterable[str]) -> Test:
    names = frozenset(host.lower() for host in hosts)
    endings = tuple(host[1:] for host in names if host.startswith("*."))

    def test(request: Request) -> bool:
        name = request.host_name()
        return name in names or name.endswith(endings)

    return test


def _conditions(conditions: Iterable[Condition], value: Callable[[Request, str], bytes | None]) -> list[Test]:
    return [_condition(condition, value) for condition in conditions]


def _condition(condition: Condition, value: Callable[[Request, str], bytes | None]) -> Test:
    name, wanted = condition.name, condition.value.encode()
    regex = re.compile(wanted) if condition.test == "regex" else None

    def test(request: Request) -> bool:
        found = value(request, name)
        if found is None:
            return condition.test == "absent"
        if regex is not None:
            return regex.fullmatch(found) is not None
        return _compare(condition.test, found, wanted)

    return test


def _compare(test: str, found: bytes, wanted: bytes) -> bool:
    if test == "equals":
        return found == wanted
    if test == "prefix":
        return found.startswith(wanted)
    return test == "present"
