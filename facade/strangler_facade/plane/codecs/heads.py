"""The heads of requests and responses: parsed once, and the lines to forward handed over as they came."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from strangler_facade.plane.codecs.fields import (
    CODING,
    CONNECTION,
    COOKIE,
    DROP,
    EXTRA,
    HOST,
    KEEP,
    LENGTH,
    NOTED,
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

_REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) ([!\"$-~][!-~]*) HTTP/1\.([01])")
_VERSION = re.compile(rb"[^ ]+ [^ ]+ HTTP/(\d)\.(\d)")
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9]\d\d)(?: ([\t -~\x80-\xff]*))?")
_ABSOLUTE = re.compile(rb"[Hh][Tt][Tt][Pp][Ss]?://([^/?]+)(/?.*)")
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?")
_DIGITS = re.compile(rb"\d{1,18}")
_NO_EXTRAS: Final[dict[bytes, bytes]] = {}


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


def request_head(block: bytes) -> RequestHead:
    """Read a request's head: all up to the empty line, without the CRLF before it.

    Raises:
        Refusal: 400, 405, 414, 431, 501 or 505, as RFC 9110 and 9112 have it.
    """
    lines = block.split(b"\r\n")
    method, target, minor = _request_line(lines[0])
    if len(lines) > MOST_FIELDS:
        raise Refusal(431, "there are too many header fields")
    reader = _RequestReader(minor)
    del lines[0]
    known = REQUEST_LINES.known
    keep = reader.keep.append
    for line in lines:
        kind = known.get(line)
        if kind is None:
            kind = REQUEST_LINES.kind(line)
        if kind == KEEP:
            keep(line)
        elif kind != DROP:
            reader.take(kind, line)
    return reader.finished(method, target)


def _request_line(line: bytes) -> tuple[bytes, bytes, int]:
    match = _REQUEST_LINE.fullmatch(line)
    if match is None or len(line) > LONGEST_TARGET + 48:
        raise _bad_request_line(line)
    return match[1], match[2], 1 if match[3] == b"1" else 0


def _bad_request_line(line: bytes) -> Refusal:
    if len(line) > LONGEST_TARGET:
        return Refusal(414, "the request target is too long")
    version = _VERSION.fullmatch(line)
    if version and version[1] != b"1":
        return Refusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
    return Refusal(400, "the request line is malformed")


class _RequestReader:
    """Gathers what the lines of one request say."""

    __slots__ = ("cookie", "extras", "host", "keep", "length", "minor", "nominated", "persistent")

    def __init__(self, minor: int) -> None:
        self.minor = minor
        self.persistent = minor == 1
        self.keep: list[bytes] = []
        self.host: bytes | None = None
        self.length = 0
        self.cookie = b""
        self.extras = _NO_EXTRAS
        self.nominated: list[bytes] = []

    def take(self, kind: int, line: bytes) -> None:
        name, value = name_and_value(line)
        if kind == HOST:
            self._host(value)
        elif kind == COOKIE:
            self.cookie = self.cookie + b"; " + value if self.cookie else value
            self.keep.append(line)
        elif kind == CONNECTION:
            self._connection(value)
        elif kind in (LENGTH, CODING):
            self._framing(kind, value)
            self.keep.append(line)
        else:
            self._extra(kind, name, value, line)

    def _host(self, value: bytes) -> None:
        if self.host is not None:
            raise Refusal(400, "there is more than one Host")
        if not _HOST.fullmatch(value):
            raise Refusal(400, "Host is malformed")
        self.host = value

    def _connection(self, value: bytes) -> None:
        for token in value.lower().split(b","):
            name = token.strip(b" \t")
            if name == b"close":
                self.persistent = False
            elif name == b"upgrade":
                self._extra(EXTRA, b"connection", name, b"")
            elif name != b"keep-alive" and name not in PROTECTED:
                self.nominated.append(name)

    def _framing(self, kind: int, value: bytes) -> None:
        if self.length:
            raise Refusal(400, "the length of the body is given twice")
        if kind == LENGTH:
            self.length = content_length(value)
            self.length = self.length or _ZERO
        else:
            self._coding(value)

    def _coding(self, value: bytes) -> None:
        if self.minor == 0:
            raise Refusal(400, "HTTP/1.0 knows no Transfer-Encoding")
        if value.lower() != b"chunked":
            raise Refusal(501, "the only transfer coding known here is chunked")
        self.length = CHUNKED

    def _extra(self, kind: int, name: bytes, value: bytes, line: bytes) -> None:
        if self.extras is _NO_EXTRAS:
            self.extras = {}
        before = self.extras.get(name)
        self.extras[name] = value if before is None else before + b", " + value
        if kind == NOTED:
            self.keep.append(line)

    def finished(self, method: bytes, target: bytes) -> RequestHead:
        host = self.host
        if target[0] != 47:  # "/"
            host, target = _other_form(method, target, host)
        if host is None:
            if self.minor == 1:
                raise Refusal(400, "there is no Host")
            host = b""
        keep = (
            [line for line in self.keep if name_and_value(line)[0] not in self.nominated]
            if self.nominated
            else self.keep
        )
        block = b"\r\n".join(keep) + b"\r\n" if keep else b""
        length = 0 if self.length == _ZERO else self.length
        return RequestHead(method, target, self.minor, host, length, self.persistent, block, self.cookie, self.extras)


_ZERO: Final = -3  # "Content-Length: 0" has been read


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


def response_head(block: bytes) -> ResponseHead:
    """Read a response's head: all up to the empty line, without the CRLF before it.

    Raises:
        Refusal: 502, it is malformed or contradicts itself.
    """
    lines = block.split(b"\r\n")
    first = lines[0]
    match = _STATUS_LINE.fullmatch(first)
    if match is None or len(lines) > MOST_FIELDS:
        raise Refusal(502, "the answer's status line is malformed, or it has too many fields")
    reader = _ResponseReader(1 if match[1] == b"1" else 0)
    del lines[0]
    known = RESPONSE_LINES.known
    keep = reader.keep.append
    for line in lines:
        kind = known.get(line)
        if kind is None:
            kind = RESPONSE_LINES.kind(line)
        if kind == KEEP:
            keep(line)
        elif kind != DROP:
            reader.take(kind, line)
    return reader.finished(int(match[2]), first[9:])


class _ResponseReader:
    """Gathers what the lines of one response say."""

    __slots__ = ("extras", "keep", "length", "minor", "nominated", "persistent")

    def __init__(self, minor: int) -> None:
        self.minor = minor
        self.persistent = minor == 1
        self.keep: list[bytes] = []
        self.length = UNTIL_CLOSE
        self.extras = _NO_EXTRAS
        self.nominated: list[bytes] = []

    def take(self, kind: int, line: bytes) -> None:
        name, value = name_and_value(line)
        if kind == CONNECTION:
            self._connection(value)
        elif kind == EXTRA:
            self.extras = {**self.extras, name: value}
        else:
            self._framing(kind, value)
            self.keep.append(line)

    def _connection(self, value: bytes) -> None:
        for token in value.lower().split(b","):
            name = token.strip(b" \t")
            if name == b"close":
                self.persistent = False
            elif name == b"keep-alive":
                self.persistent = True
            elif name != b"upgrade" and name not in PROTECTED:
                self.nominated.append(name)

    def _framing(self, kind: int, value: bytes) -> None:
        if self.length != UNTIL_CLOSE:
            raise Refusal(502, "the answer gives the length of its body twice")
        if kind == LENGTH:
            self.length = content_length(value)
        elif value.lower() == b"chunked" and self.minor == 1:
            self.length = CHUNKED
        else:
            raise Refusal(502, "the answer has an unknown transfer coding")

    def finished(self, status: int, phrase: bytes) -> ResponseHead:
        keep = (
            [line for line in self.keep if name_and_value(line)[0] not in self.nominated]
            if self.nominated
            else self.keep
        )
        block = b"\r\n".join(keep) + b"\r\n" if keep else b""
        return ResponseHead(self.minor, status, phrase, self.length, self.persistent, block, self.extras)
