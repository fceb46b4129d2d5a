"""The codec: what is taken, what is refused, and that nothing depends on how the network cuts the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler_facade.plane.codecs.accelerated import next_request, next_response
from strangler_facade.plane.codecs.chunks import Chunks
from strangler_facade.plane.codecs.heads import CHUNKED, UNTIL_CLOSE
from strangler_facade.plane.codecs.refusal import Refusal


def head(*lines: bytes, first: bytes = b"GET / HTTP/1.1", host: bytes = b"Host: a") -> bytes:
    return b"\r\n".join([first, *([host] if host else []), *lines])


def request_head(block: bytes):
    head, end = next_request(block + b"\r\n\r\n")
    assert end == len(block) + 4
    return head


def response_head(block: bytes):
    head, end = next_response(block + b"\r\n\r\nbody")
    assert end == len(block) + 4
    return head


REFUSED = {
    "length twice, differing": (400, head(b"Content-Length: 5", b"Content-Length: 6")),
    "length twice, equal": (400, head(b"Content-Length: 5", b"Content-Length: 5")),
    "length zero twice": (400, head(b"Content-Length: 0", b"Content-Length: 0")),
    "length as a list": (400, head(b"Content-Length: 5, 5")),
    "length with a sign": (400, head(b"Content-Length: +5")),
    "negative length": (400, head(b"Content-Length: -1")),
    "length in hexadecimal": (400, head(b"Content-Length: 0x5")),
    "length with an underscore": (400, head(b"Content-Length: 1_0")),
    "length in other digits": (400, head(b"Content-Length: \xd9\xa5")),
    "empty length": (400, head(b"Content-Length:")),
    "huge length": (400, head(b"Content-Length: " + b"9" * 40)),
    "length and coding": (400, head(b"Content-Length: 5", b"Transfer-Encoding: chunked")),
    "coding and length": (400, head(b"Transfer-Encoding: chunked", b"Content-Length: 5")),
    "coding twice": (400, head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked")),
    "unknown coding": (501, head(b"Transfer-Encoding: xchunked")),
    "coding list": (501, head(b"Transfer-Encoding: chunked, chunked")),
    "coding identity": (501, head(b"Transfer-Encoding: identity")),
    "coding gzip, chunked": (501, head(b"Transfer-Encoding: gzip, chunked")),
    "empty coding": (501, head(b"Transfer-Encoding:")),
    "coding in HTTP/1.0": (400, head(b"Transfer-Encoding: chunked", first=b"POST / HTTP/1.0")),
    "space before the colon": (400, head(b"Content-Length : 5")),
    "tab before the colon": (400, head(b"X\t: 5")),
    "fold": (400, head(b"X: a", b" b")),
    "fold first": (400, b"GET / HTTP/1.1\r\n Host: a"),
    "CR in a value": (400, head(b"X: a\rb")),
    "LF in a value": (400, head(b"X: a\nHost: b")),
    "NUL in a value": (400, head(b"X: a\x00b")),
    "DEL in a value": (400, head(b"X: a\x7fb")),
    "escape in a value": (400, head(b"X: a\x1bb")),
    "NUL in a name": (400, head(b"X\x00: a")),
    "no colon": (400, head(b"X")),
    "empty name": (400, head(b": a")),
    "name with a bracket": (400, head(b"X[y]: a")),
    "name with obs-text": (400, head("Ü: a".encode())),
    "two hosts": (400, head(b"Host: b")),
    "the same host twice": (400, head(b"Host: a")),
    "no host": (400, head(host=b"")),
    "host with a space": (400, head(host=b"Host: a b")),
    "host with a slash": (400, head(host=b"Host: a/b")),
    "host with an at": (400, head(host=b"Host: a@b")),
    "host with a comma and a port": (400, head(host=b"Host: a:80,b:80")),
    "HTTP/2.0": (505, head(first=b"GET / HTTP/2.0")),
    "HTTP/0.9": (505, head(first=b"GET / HTTP/0.9")),
    "HTTP/1.2": (400, head(first=b"GET / HTTP/1.2")),
    "http/1.1": (400, head(first=b"GET / http/1.1")),
    "HTTP/1.10": (400, head(first=b"GET / HTTP/1.10")),
    "no version": (400, head(first=b"GET /")),
    "two spaces": (400, head(first=b"GET  / HTTP/1.1")),
    "a tab": (400, head(first=b"GET\t/ HTTP/1.1")),
    "a space behind the version": (400, head(first=b"GET / HTTP/1.1 ")),
    "a space in the target": (400, head(first=b"GET /a b HTTP/1.1")),
    "NUL in the target": (400, head(first=b"GET /\x00 HTTP/1.1")),
    "obs-text in the target": (400, head(first="GET /ü HTTP/1.1".encode())),
    "fragment first": (400, head(first=b"GET #a HTTP/1.1")),
    "no slash": (400, head(first=b"GET a HTTP/1.1")),
    "method with a colon": (400, head(first=b"G:T / HTTP/1.1")),
    "CONNECT": (405, head(first=b"CONNECT a:443 HTTP/1.1")),
    "asterisk for GET": (400, head(first=b"GET * HTTP/1.1")),
    "absolute form of another scheme": (400, head(first=b"GET ftp://a/ HTTP/1.1")),
    "absolute form with user": (400, head(first=b"GET http://u@a/ HTTP/1.1")),
    "absolute form without host": (400, head(first=b"GET http:///a HTTP/1.1")),
    "long target": (414, head(first=b"GET /" + b"a" * 9000 + b" HTTP/1.1")),
    "many fields": (431, head(*[b"X: a"] * 200)),
    "LF alone ends a line": (400, head(b"X: a\nY: b")),
    "LF alone ends the request line": (400, b"GET / HTTP/1.1\nHost: a"),
    "CR twice": (400, head(b"X: a\r")),
    "nothing": (400, b""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_head_that_two_peers_could_read_differently_is_refused(name):
    status, block = REFUSED[name]
    with pytest.raises(Refusal) as caught:
        request_head(block)
    assert caught.value.status == status


def test_the_lines_to_forward_are_the_clients_own_bytes():
    got = request_head(
        head(b"X-a:  1 ", b"Cookie: a=b", b"Keep-Alive: 5", b"TE: x", b"Y: ", first=b"GET /%2F?a#b HTTP/1.1")
    )
    assert got.lines == b"X-a:  1 \r\nCookie: a=b\r\nY: \r\n"
    assert (got.method, got.target, got.host, got.cookie, got.length, got.keep) == (
        b"GET",
        b"/%2F?a#b",
        b"a",
        b"a=b",
        0,
        True,
    )


def test_an_absolute_target_overrules_host():
    got = request_head(head(first=b"GET http://b:81/x?y HTTP/1.1"))
    assert (got.host, got.target) == (b"b:81", b"/x?y")
    assert request_head(head(first=b"GET HTTP://b HTTP/1.1")).target == b"/"
    assert request_head(head(first=b"OPTIONS * HTTP/1.1")).target == b"*"


def test_fields_that_connection_nominates_are_left_out_but_never_those_with_a_meaning_of_their_own():
    got = request_head(
        head(b"Connection: close, X-Hop, Cookie, Authorization", b"X-Hop: 1", b"Cookie: a", b"Authorization: b")
    )
    assert got.lines == b"Cookie: a\r\nAuthorization: b\r\n" and not got.keep


def test_fields_of_one_connection_and_of_ours_are_left_out():
    got = request_head(
        head(
            b"Proxy-Connection: x",
            b"Proxy-Authorization: y",
            b"X-Forwarded-For: 1.1.1.1",
            b"Forwarded: for=x",
            b"Upgrade: h2c",
        )
    )
    assert got.lines == b""
    assert got.extras == {b"x-forwarded-for": b"1.1.1.1", b"forwarded": b"for=x", b"upgrade": b"h2c"}


def test_fields_that_underscores_make_look_like_ours_are_left_out():
    got = request_head(
        head(
            b"X_Forwarded_For: 1.1.1.1", b"x-real_ip: 1", b"Strangler_Canary: billing", b"Content_Length: 3", b"a_b: c"
        )
    )
    assert (got.lines, got.extras, got.length) == (b"a_b: c\r\n", {}, 0)


def test_the_length_of_a_body():
    assert request_head(head(b"Content-Length: 5")).length == 5
    assert request_head(head(b"Transfer-Encoding: Chunked")).length == CHUNKED
    assert response_head(b"HTTP/1.1 200 OK").length == UNTIL_CLOSE
    assert response_head(b"HTTP/1.1 200 OK\r\nContent-Length: 0").length == 0


@pytest.mark.parametrize(
    "block",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked",
        b"HTTP/1.1 200 OK\r\nX : a",
        b"HTTP/1.1 200 OK\r\nX: a\x00",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b",
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 099 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1  200 OK",
        b"HTTP/2 200 OK",
        b"ICY 200 OK",
        b"",
    ],
)
def test_a_malformed_answer_is_refused(block):
    with pytest.raises(Refusal):
        response_head(block)


def test_an_answer_keeps_its_phrase_and_loses_what_belongs_to_the_connection():
    got = response_head(
        b"HTTP/1.0 200  odd phrase\r\nKeep-Alive: 5\r\nConnection: X-H\r\nX-H: 1\r\nSet-Cookie: a\r\nSet-Cookie: b"
    )
    assert got.phrase == b"200  odd phrase" and not got.keep
    assert got.lines == b"Set-Cookie: a\r\nSet-Cookie: b\r\n"
    assert response_head(b"HTTP/1.1 204").phrase == b"204"


BAD_CHUNKS = [
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"+5\r\nhello\r\n0\r\n\r\n",
    b"-5\r\nhello\r\n",
    b" 5\r\nhello\r\n",
    b"\r\n5\r\nhello\r\n",
    b"5_\r\nhello\r\n",
    b"5\nhello\r\n0\r\n\r\n",
    b"5;a\nb\r\nhello\r\n",
    b"5;a\rb\r\nhello\r\n",
    b"5\r\nhelloX\r\n0\r\n\r\n",
    b"5\r\nhello0\r\n\r\n",
    b"5\r\nhello\n0\r\n\r\n",
    b"5\r\nhello\r0\r\n\r\n",
    b"FFFFFFFFFFFFFFFF1\r\n",
    b"5;" + b"a" * 5000 + b"\r\nhello\r\n",
    b"0\r\nX : y\r\n\r\n",
    b"0\r\n X: y\r\n\r\n",
    b"0\r\nX: y\n\r\n",
    b"0\r\n\n",
    b"0\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
]


@pytest.mark.parametrize("data", BAD_CHUNKS)
def test_malformed_chunks_are_refused_however_they_are_cut(data):
    for step in (len(data), 1):
        chunks = Chunks()
        with pytest.raises(Refusal):
            for start in range(0, len(data), step):
                chunks.feed(data[start : start + step])


def test_extensions_and_trailers_that_matter_elsewhere_are_left_out():
    chunks = Chunks()
    out, rest = chunks.feed(
        b"5;x=y\r\nhello\r\n0;z\r\nHost: b\r\nContent-Length: 3\r\nX-Sum: 1\r\n"
        b"Authorization: c\r\nSet-Cookie: d\r\n\r\nGET"
    )
    assert (out, rest) == (b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", b"GET")


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.data())
def test_chunks_are_the_same_in_whatever_pieces_they_come(pieces, data):
    wire = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    framed, plain = Chunks(), Chunks(plain=True)
    out = body = b""
    rest = wire + b"NEXT"
    while not framed.done:
        cut = data.draw(st.integers(1, len(rest)))
        piece, rest = rest[:cut], rest[cut:]
        got, after = framed.feed(piece)
        out += got
        body += plain.feed(piece)[0]
        rest = after + rest
    assert (out, body, rest, framed.size) == (wire, b"".join(pieces), b"NEXT", len(body))
