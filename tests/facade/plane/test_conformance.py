"""HTTP as the standards have it, over sockets; docs/reference/facade-conformance.md says which line is tested where."""

from __future__ import annotations

import asyncio
import gzip
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strangler_facade.table import RouteTable, Target

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

PROBES = {
    "length and coding": ([POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"], 400),
    "length as a list": ([POST + b"Content-Length: 5, 5\r\n\r\nhello"], 400),
    "odd lengths": (
        [
            POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            POST + b"Content-Length: +5\r\n\r\nhello",
            POST + b"Content-Length : 5\r\n\r\nhello",
        ],
        400,
    ),
    "unknown coding": ([POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"], 501),
    "coding twice": ([POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"], 501),
    "folded line": ([GET + b"X: a\r\n b\r\n\r\n"], 400),
    "bare LF": ([b"GET / HTTP/1.1\nHost: a\n\n", GET + b"X: a\n\r\n"], 400),
    "bare CR": ([GET + b"X: a\rb\r\n\r\n"], 400),
    "NUL": ([GET + b"X: a\0b\r\n\r\n"], 400),
    "two hosts": ([GET + b"Host: b\r\n\r\n"], 400),
    "no host": ([b"GET / HTTP/1.1\r\nX: a\r\n\r\n"], 400),
    "coding in HTTP/1.0": ([b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"], 400),
    "chunk size 0x5": ([CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n"], 400),
    "chunk extension with LF": ([CHUNKED + b"5;a\nb\r\nhello\r\n0\r\n\r\n"], 400),
    "bad chunk terminator": ([CHUNKED + b"5\r\nhelloX\r\n0\r\n\r\n"], 400),
}
"""What peers read differently; four more are about what is forwarded, below."""


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_is_refused_and_nothing_of_it_is_a_request_to_a_target(run, lab, name):
    probes, status = PROBES[name]

    async def scenario():
        async with lab.running():
            for probe in probes:
                answer = await lab.talk(probe)
                assert answer.startswith(b"HTTP/1.1 %d " % status) and answer.count(b"HTTP/1.1 ") == 1, probe
            assert not lab.monolith.requests
            assert not lab.core.pools()[0].idle

    run(scenario())


@pytest.mark.parametrize(
    ("line", "passed"),
    [
        (b"Connection: X-Hop\r\nX-Hop: secret", False),
        (b"X-Forwarded-For: 6.6.6.6", False),
        (b"X-Real-IP: 6.6.6.6", False),
        (b"X-Plain: 6.6.6.6 secret", True),
    ],
)
def test_what_is_of_one_connection_or_not_believed_goes_no_further(run, lab, line, passed):
    async def scenario():
        async with lab.running():
            await lab.ask(GET + line + b"\r\n\r\n")
            got = lab.monolith.requests[0]
            assert (b"secret" in got or b"6.6.6.6" in got) is passed
            assert (b"X-Hop" in got) is False and got.count(b"X-Forwarded-For:") == 1

    run(scenario())


ANSWERS = {
    "HEAD with a coding": (b"HEAD", b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    "HEAD with a length": (b"HEAD", b"200 OK\r\nContent-Length: 9\r\n\r\n", b""),
    "204": (b"GET", b"204 No Content\r\n\r\n", b""),
    "304 with a coding": (b"GET", b"304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    "1xx first": (b"GET", b"102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    "a coding": (b"GET", b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"2\r\nok\r\n0\r\n\r\n"),
    "a length": (b"GET", b"200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    "nothing to read": (b"GET", b"200 OK\r\nContent-Length: 0\r\n\r\n", b""),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_ends_where_its_kind_says(run, lab, name):
    """RFC 9112 §6.3: the next request on both connections is answered, so nobody is out of step."""
    method, answer, body = ANSWERS[name]

    async def scenario():
        async with lab.running():
            lab.monolith.script = b"HTTP/1.1 " + answer
            reader, writer = await lab.connect()
            for _ in range(3):
                writer.write(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n")
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"HTTP/1.1 1"):
                    head = await reader.readuntil(b"\r\n\r\n")
                assert await reader.readexactly(len(body)) == body and head.startswith(b"HTTP/1.1 ")
            lab.monolith.script = OK
            writer.write(GET + b"Connection: close\r\n\r\n")
            assert (await reader.read()).endswith(b"\r\n\r\nok")
            assert lab.monolith.connections == 1

    run(scenario())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\nX: a\n\nok",
        b"HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 2\r\n\r\nok",
    ],
)
def test_a_split_or_ambiguous_answer_is_the_targets_failure(run, lab, answer):
    async def scenario():
        lab.monolith.script = answer
        async with lab.running():
            targets = (Target("monolith", f"http://127.0.0.1:{lab.monolith.port}", answer_timeout=0.3),)
            lab.core.apply(RouteTable(2, targets, "monolith"))
            data = await lab.ask(GET + b"\r\n")
            assert data[:13] in (b"HTTP/1.1 502 ", b"HTTP/1.1 504 ") and b"Set-Cookie" not in data
            assert not lab.core.pools()[0].idle

    run(scenario())


def test_a_connection_ends_when_either_side_says_so_and_only_that_one(run, lab):
    """RFC 9112 §9.3 and §9.6."""

    async def scenario():
        lab.monolith.script = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
        async with lab.running():
            reader, writer = await lab.connect()
            for _ in range(2):
                writer.write(GET + b"\r\n")
                assert b"onnection: close" not in await reader.readuntil(b"\r\n\r\n")
                assert await reader.readexactly(2) == b"ok"
            assert lab.monolith.connections == 2
            assert (await lab.talk(GET + b"Connection: close\r\n\r\n")).endswith(b"\r\n\r\nok")
            assert (await lab.talk(b"GET / HTTP/1.0\r\nHost: a\r\n\r\n")).endswith(b"\r\n\r\nok")
            asked = b"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"
            assert b"\r\nConnection: close\r\n" in await lab.talk(asked)  # it may be kept, and is not

    run(scenario())


def test_each_proxy_on_the_way_is_named_both_ways(run, lab):
    """RFC 9110 §7.6.3."""

    async def scenario():
        lab.monolith.script = OK.replace(b"\r\n\r\n", b"\r\nVia: 1.0 inner\r\n\r\n")
        async with lab.running():
            answer = await lab.ask(GET + b"Via: 1.0 outer\r\n\r\n")
            request = lab.monolith.requests[0]
            assert request.index(b"Via: 1.0 outer") < request.index(b"Via: 1.1 strangler")
            assert answer.index(b"Via: 1.0 inner") < answer.index(b"Via: 1.1 strangler")

    run(scenario())


def test_no_content_is_ever_transformed(run, lab):
    """RFC 9110 §7.7."""

    async def scenario():
        body = gzip.compress(b"hello" * 100)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nCache-Control: no-transform\r\nContent-Length: %d\r\n\r\n"
        lab.monolith.script = head % len(body) + body
        async with lab.running():
            answer = await lab.ask(GET + b"Accept-Encoding: gzip\r\nX-Case:  Kept \r\n\r\n")
            assert answer.endswith(b"\r\n\r\n" + body) and b"Content-Encoding: gzip\r\n" in answer
            assert b"\r\nAccept-Encoding: gzip\r\nX-Case:  Kept \r\n" in lab.monolith.requests[0]
            assert b"User-Agent" not in lab.monolith.requests[0] and b"Accept:" not in lab.monolith.requests[0]

    run(scenario())


def test_cookies_that_are_set_are_never_combined(run, lab):
    """RFC 9110 §5.3."""

    async def scenario():
        lab.monolith.script = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=1, b\r\nSet-Cookie: c=2\r\n\r\n")
        async with lab.running():
            assert b"\r\nSet-Cookie: a=1, b\r\nSet-Cookie: c=2\r\n" in await lab.ask(GET + b"\r\n")

    run(scenario())


UPGRADE = (
    GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def test_a_websocket_is_not_held_up_ends_on_one_side_at_a_time_and_outlives_the_drain(run, lab):
    """RFC 6455: no byte waits for another, a half-closed tunnel still carries the other half."""

    async def scenario():
        async def echo(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(SWITCH)
            while piece := await reader.read(100):
                writer.write(piece.upper())
            writer.write(b"bye")
            writer.close()

        lab.monolith.serve = echo
        async with lab.running():
            reader, writer = await lab.connect()
            writer.write(UPGRADE + b"early")  # which it should not, but nobody is hurt
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(5) == b"EARLY"
            for byte in b"single":
                writer.write(bytes([byte]))
                assert await reader.readexactly(1) == bytes([byte]).upper()
            lab.core.drain()
            await asyncio.sleep(lab.settings.drain_idle + 0.3)
            writer.write(b"still")
            assert await reader.readexactly(5) == b"STILL"
            writer.write_eof()
            assert await reader.read() == b"bye"

    run(scenario())


METHODS = st.sampled_from([b"GET", b"HEAD", b"POST", b"PUT", b"DELETE"])
FIELDS = st.lists(st.binary(min_size=1, max_size=12).map(lambda data: b"X-F: " + data.hex().encode()), max_size=3)
BODIES = st.one_of(st.none(), st.binary(max_size=60), st.lists(st.binary(min_size=1, max_size=30), max_size=3))


@st.composite
def requests(draw):
    """One well-formed request, its body absent, of known length or in chunks."""
    method, body = draw(METHODS), draw(BODIES)
    lines = [method + b" /%d HTTP/1.1" % draw(st.integers(0, 999)), b"Host: a", *draw(FIELDS)]
    if body is None or method in (b"GET", b"HEAD"):
        return b"\r\n".join([*lines, b"", b""])
    if isinstance(body, bytes):
        return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in body) + b"0\r\n\r\n"
    return b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", chunks])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(requests(), min_size=1, max_size=5), st.lists(st.integers(1, 2000), max_size=12))
def test_requests_are_the_same_in_whatever_pieces_they_come(make_lab, sent, cuts):
    """What targets see and in which order answers come does not depend on how the network cuts the bytes."""
    wire = b"".join(sent)
    edges = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})

    async def scenario(lab):
        async with lab.running():
            reader, writer = await lab.connect()
            for begin, end in itertools.pairwise(edges):
                writer.write(wire[begin:end])
                await writer.drain()
                await asyncio.sleep(0)
            writer.write_eof()
            answers = await reader.read()
            assert answers.count(b"HTTP/1.1 200 OK\r\n") == len(sent)
            return [line_and_body(request) for request in lab.monolith.requests]

    seen = asyncio.run(asyncio.wait_for(scenario(make_lab()), 30))
    assert seen == [line_and_body(request) for request in sent]


def line_and_body(request: bytes) -> tuple[bytes, bytes]:
    return request.partition(b"\r\n")[0], request.partition(b"\r\n\r\n")[2]
