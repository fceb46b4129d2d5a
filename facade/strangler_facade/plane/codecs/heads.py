"""The heads of requests and responses: parsed once, and the lines to forward handed over as they came."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from strangler_facade.memo import Memo
from strangler_facade.plane.codecs.fields import (
    CODING,
    CONNECTION,
    COOKIE,
    DROP,
    EXTRA,
    HOST,
    KEEP,
    LENGTH,
    PROTECTED,
    REQUEST_LINES,
    RESPONSE_LINES,
    name_and_value,
)
from strangler_facade.plane.codecs.refusal import Refusal

CHUNKED: Final = -1
"""A body whose length its chunks tell."""
UNTIL_CLOSE: Final = -2
"""A response body that ends with the connection."""

LONGEST_HEAD: Final = 64 * 1024
LONGEST_TARGET: Final = 8 * 1024
MOST_FIELDS: Final = 128
_LONGEST_FIRST: Final = LONGEST_TARGET + 49

_REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) ([!\"$-~][!-~]*) HTTP/1\.([01])\r")
_VERSION = re.compile(rb"[^ ]+ [^ ]+ HTTP/(\d)\.(\d)\r")
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9]\d\d)(?: ([\t -~\x80-\xff]*))?\r")
_ABSOLUTE = re.compile(rb"[Hh][Tt][Tt][Pp][Ss]?://([^/?]+)(/?.*)")
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?")
_DIGITS = re.compile(rb"\d{1,18}")
_end_of_head = re.compile(rb"\r\n\r\n").search  # half as dear as bytes.find
_request_ordinary, _response_ordinary = REQUEST_LINES.ordinary, RESPONSE_LINES.ordinary
_SLASH: Final = 47
_new = tuple.__new__  # a NamedTuple's own constructor is a Python function
_ZERO: Final = -3  # "Content-Length: 0" has been read
NO_EXTRAS: Final[dict[bytes, bytes]] = {}


class RequestHead(NamedTuple):
    """A request's head; ``lines`` are what is forwarded of it (Host apart), each ended by CRLF.

    ``length`` is that of the body, or ``CHUNKED``; ``keep`` says that the client may send another request after this;
    ``extras`` are the fields the proxy must see: those it renews (not in ``lines``) and those it only reads.
    """

    method: bytes
    target: bytes
    minor: int
    host: bytes
    length: int
    keep: bool
    lines: bytes
    cookie: bytes
    extras: dict[bytes, bytes]


class ResponseHead(NamedTuple):
    """A response's head; ``lines`` are what is forwarded of it, each ended by CRLF.

    ``phrase`` is the status line behind the version; ``length`` is what the framing fields say: that a status or
    method has no body is for the reader to know.
    """

    minor: int
    status: int
    phrase: bytes
    length: int
    keep: bool
    lines: bytes
    extras: dict[bytes, bytes]


def next_request(data: bytes) -> tuple[RequestHead, int] | None:
    """The head of the first request in ``data`` and where it ends; ``None`` while it is not whole.

    Raises:
        Refusal: 400, 405, 414, 431, 501 or 505, as RFC 9110 and 9112 have it.
    """
    try:
        if data.endswith(b"\r\n\r\n"):
            return _request(data[:-3]), len(data)
    except Refusal:
        pass  # with another request or a body behind it, it would hold an empty line, and be refused: look for that
    end = _end_of_head(data)
    return (_request(data[: end.start() + 1]), end.end()) if end else None


def _request(block: bytes) -> RequestHead:
    """Read a head up to the CR of its last line. Lines are split at LF, which is cheaper; each must end in its CR."""
    lines = block.split(b"\n")
    first = lines[0]
    match = _REQUEST_LINE.fullmatch(first)
    if match is None or len(first) > _LONGEST_FIRST or len(lines) > MOST_FIELDS:
        raise _bad_request(first, match is not None)
    del lines[0]
    method, target, minor = match.groups()
    host, cookie = None, b""
    for line in [line for line in lines if line not in _request_ordinary]:
        kind, _, value = REQUEST_LINES[line]
        if kind == COOKIE and not cookie:
            cookie = value
        elif kind == HOST and host is None and _hosts[value]:
            host = value
            lines.remove(line)
        elif kind == DROP:
            lines.remove(line)
        elif kind:
            return _unusual_request(match, block.split(b"\n")[1:])
    if host is None or minor != b"1" or target[0] != _SLASH:
        return _unusual_request(match, block.split(b"\n")[1:])
    lines.append(b"")
    return _new(RequestHead, (method, target, 1, host, 0, True, b"\n".join(lines), cookie, NO_EXTRAS))


def _unusual_request(match: re.Match[bytes], lines: list[bytes]) -> RequestHead:
    """A request with more to it than Host and cookies."""
    reader = _RequestReader(1 if match[3] == b"1" else 0)
    kept = [line for line in lines if not reader.leaves_out(line)]
    return reader.finished(match[1], match[2], kept)


def _bad_request(line: bytes, well_formed: bool) -> Refusal:
    """What is wrong with a request line; where nothing is, there are too many lines behind it."""
    if well_formed and len(line) <= _LONGEST_FIRST:
        return Refusal(431, "there are too many header fields")
    if len(line) > LONGEST_TARGET + 1:
        return Refusal(414, "the request target is too long")
    version = _VERSION.fullmatch(line)
    if version and version[1] != b"1":
        return Refusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
    return Refusal(400, "the request line is malformed")


class _RequestReader:
    """Gathers what the special lines of one request say."""

    __slots__ = ("cookie", "extras", "host", "length", "minor", "nominated", "persistent")

    def __init__(self, minor: int) -> None:
        self.minor = minor
        self.persistent = minor == 1
        self.host: bytes | None = None
        self.length = 0
        self.cookie = b""
        self.extras = NO_EXTRAS
        self.nominated: list[bytes] | None = None

    def leaves_out(self, line: bytes) -> bool:
        """Note what a line says; whether it is left out of those forwarded."""
        kind, name, value = REQUEST_LINES[line]
        return kind != KEEP and self._take(kind, name, value)

    def _take(self, kind: int, name: bytes, value: bytes) -> bool:
        if kind == COOKIE:
            self.cookie = self.cookie + b"; " + value if self.cookie else value
            return False
        if kind == HOST:
            self._host(value)
        elif kind == CONNECTION:
            self._connection(value)
        elif kind in (LENGTH, CODING):
            self._framing(kind, value)
            return False
        elif kind != DROP:
            self._extra(name, value)
            return kind == EXTRA
        return True

    def _host(self, value: bytes) -> None:
        if self.host is not None:
            raise Refusal(400, "there is more than one Host")
        if not _hosts[value]:
            raise Refusal(400, "Host is malformed")
        self.host = value

    def _connection(self, value: bytes) -> None:
        close, upgrade, nominated = connection_options(value)
        if close:
            self.persistent = False
        if upgrade:
            self._extra(b"connection", b"upgrade")
        if nominated:
            self.nominated = [*(self.nominated or ()), *nominated]

    def _framing(self, kind: int, value: bytes) -> None:
        if self.length:
            raise Refusal(400, "the length of the body is given twice")
        if kind == LENGTH:
            self.length = _lengths[value] or _ZERO
        elif self.minor == 0:
            raise Refusal(400, "HTTP/1.0 knows no Transfer-Encoding")
        elif value.lower() != b"chunked":
            raise Refusal(501, "the only transfer coding known here is chunked")
        else:
            self.length = CHUNKED

    def _extra(self, name: bytes, value: bytes) -> None:
        if self.extras is NO_EXTRAS:
            self.extras = {}
        before = self.extras.get(name)
        self.extras[name] = value if before is None else before + b", " + value

    def finished(self, method: bytes, target: bytes, lines: list[bytes]) -> RequestHead:
        host = self.host
        if target[0] != _SLASH:
            host, target = _other_form(method, target, host)
        if host is None:
            if self.minor == 1:
                raise Refusal(400, "there is no Host")
            host = b""
        length = self.length if self.length != _ZERO else 0
        block = _forwarded(lines, self.nominated)
        return RequestHead(method, target, self.minor, host, length, self.persistent, block, self.cookie, self.extras)


def _other_form(method: bytes, target: bytes, host: bytes | None) -> tuple[bytes | None, bytes]:
    """Host and path of a request target that does not begin with a slash; an absolute one overrules Host."""
    if method == b"CONNECT":
        raise Refusal(405, "CONNECT is not spoken here")
    if target == b"*" and method == b"OPTIONS":
        return host, target
    match = _ABSOLUTE.fullmatch(target)
    if match is None or not _HOST.fullmatch(match[1]):
        raise Refusal(400, "the request target is malformed")
    path = match[2]
    return match[1], path if path[:1] == b"/" else b"/" + path


def content_length(value: bytes) -> int:
    """The length a Content-Length field gives.

    Raises:
        Refusal: 400, anything but digits: a sign, a list, white space, nothing.
    """
    if not _DIGITS.fullmatch(value):
        raise Refusal(400, "Content-Length is malformed")
    return int(value)


def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


_lengths = Memo(content_length)
_hosts = Memo(_is_host)


def connection_options(value: bytes) -> tuple[bool, bool, list[bytes]]:
    """Whether a Connection field says close, whether it says upgrade, and the fields it nominates."""
    names = [token.strip(b" \t") for token in value.lower().split(b",")]
    known = (b"close", b"keep-alive", b"upgrade", b"")
    nominated = [name for name in names if name not in known and name not in PROTECTED]
    return b"close" in names, b"upgrade" in names, nominated


def _forwarded(lines: list[bytes], nominated: list[bytes] | None) -> bytes:
    if nominated:
        lines = [line for line in lines if name_and_value(line)[0] not in nominated]
    return b"\n".join([*lines, b""])


def next_response(data: bytes) -> tuple[ResponseHead, int] | None:
    """The head of the first response in ``data`` and where it ends; ``None`` while it is not whole.

    Raises:
        Refusal: 502, it is malformed or contradicts itself.
    """
    end = _end_of_head(data)
    return (_response(data[: end.start() + 1]), end.end()) if end else None


def _response(block: bytes) -> ResponseHead:
    """Read a head up to the CR of its last line."""
    lines = block.split(b"\n")
    minor, status, phrase = _status_lines[lines[0]]
    if len(lines) > MOST_FIELDS:
        raise Refusal(502, "the answer has too many fields")
    del lines[0]
    length = UNTIL_CLOSE
    for line in [line for line in lines if line not in _response_ordinary]:
        kind, name, value = RESPONSE_LINES[line]
        if kind == LENGTH and length == UNTIL_CLOSE:
            length = _lengths[value]
        elif kind == DROP and (minor or name != b"connection"):
            lines.remove(line)
        elif kind:
            return _ResponseReader(minor).finished(status, phrase, block.split(b"\n")[1:])
    lines.append(b"")
    return _new(ResponseHead, (minor, status, phrase, length, minor == 1, b"\n".join(lines), NO_EXTRAS))


def _status_line(line: bytes) -> tuple[int, int, bytes]:
    """Minor version, status, and the line behind the version."""
    match = _STATUS_LINE.fullmatch(line)
    if match is None:
        raise Refusal(502, "the answer's status line is malformed")
    return 1 if match[1] == b"1" else 0, int(match[2]), line[9:-1]


_status_lines = Memo(_status_line)


class _ResponseReader:
    """Gathers what the special lines of one response say."""

    __slots__ = ("extras", "length", "minor", "nominated", "persistent")

    def __init__(self, minor: int) -> None:
        self.minor = minor
        self.persistent = minor == 1
        self.length = UNTIL_CLOSE
        self.extras = NO_EXTRAS
        self.nominated: list[bytes] | None = None

    def finished(self, status: int, phrase: bytes, lines: list[bytes]) -> ResponseHead:
        """A response with more to it than a length."""
        kept = [line for line in lines if not self._leaves_out(line)]
        block = _forwarded(kept, self.nominated)
        return ResponseHead(self.minor, status, phrase, self.length, self.persistent, block, self.extras)

    def _leaves_out(self, line: bytes) -> bool:
        kind, name, value = RESPONSE_LINES[line]
        return kind != KEEP and self._take(kind, name, value)

    def _take(self, kind: int, name: bytes, value: bytes) -> bool:
        """Note what a line says; whether it is left out of those forwarded."""
        if kind in (LENGTH, CODING):
            self._framing(kind, value)
            return False
        if name == b"connection":
            self._connection(value)
        elif kind == EXTRA:
            self.extras = {**self.extras, name: value}
        return True

    def _connection(self, value: bytes) -> None:
        if value == b"keep-alive":
            self.persistent = True
            return
        close, _, nominated = connection_options(value)
        self.persistent = not close and (self.minor == 1 or b"keep-alive" in value.lower())
        if nominated:
            self.nominated = [*(self.nominated or ()), *nominated]

    def _framing(self, kind: int, value: bytes) -> None:
        if self.length != UNTIL_CLOSE:
            raise Refusal(502, "the answer gives the length of its body twice")
        if kind == LENGTH:
            self.length = content_length(value)
        elif value.lower() == b"chunked" and self.minor == 1:
            self.length = CHUNKED
        else:
            raise Refusal(502, "the answer has an unknown transfer coding")
