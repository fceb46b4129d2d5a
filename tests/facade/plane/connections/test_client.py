from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from strangler_facade.plane.limits import Settings
from strangler_facade.table import Forwarding, RateLimit

PLAIN = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: y\r\n\r\n"
)


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"\nGET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: a\n\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(run, lab, data):
    async def scenario():
        async with lab.running():
            answer = await lab.talk(data)
            assert answer[:10] in (b"HTTP/1.1 4", b"HTTP/1.1 5") and b"\r\nConnection: close\r\n" in answer
            assert not lab.monolith.requests

    run(scenario())


def test_an_empty_line_before_a_request_does_no_harm(run, lab):
    async def scenario():
        async with lab.running():
            assert (await lab.ask(b"\r\n" + PLAIN)).endswith(b"ok")

    run(scenario())


def test_long_heads_and_targets_have_their_own_statuses(run, lab):
    async def scenario():
        async with lab.running():
            assert (await lab.talk(b"GET /" + b"a" * 9000)).startswith(b"HTTP/1.1 414 ")
            lines = b"".join(b"X-%d: %b\r\n" % (number, b"b" * 1000) for number in range(80))
            assert (await lab.talk(b"GET / HTTP/1.1\r\nHost: a\r\n" + lines)).startswith(b"HTTP/1.1 431 ")

    run(scenario())


def test_a_request_may_come_byte_by_byte(run, lab, answer_of):
    async def scenario():
        async with lab.running():
            reader, writer = await lab.connect()
            for byte in b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n":
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0)
            assert (await answer_of(reader)).endswith(b"ok")
            assert lab.monolith.requests[0].endswith(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")

    run(scenario())


def test_a_head_that_does_not_end_in_time_is_answered_408(run, make_lab):
    async def scenario():
        lab = make_lab(Settings(head_timeout=0.2))
        async with lab.running():
            assert (await lab.talk(b"GET / HT")).startswith(b"HTTP/1.1 408 ")

    run(scenario())


def test_a_body_that_crawls_is_answered_408(run, make_lab):
    async def scenario():
        lab = make_lab(Settings(body_grace=0.2))
        async with lab.running():
            data = await lab.talk(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\nab")
            assert data.startswith(b"HTTP/1.1 408 ")
            assert not lab.monolith.requests

    run(scenario())


def test_an_idle_connection_is_closed_in_silence(run, make_lab):
    async def scenario():
        lab = make_lab(Settings(keep_alive=0.2))
        async with lab.running():
            reader, writer = await lab.connect()
            writer.write(PLAIN)
            assert (await reader.read()).endswith(b"ok")

    run(scenario())


def test_a_client_that_does_not_read_is_dropped(run, make_lab):
    async def scenario():
        lab = make_lab(Settings(write_timeout=0.3, high_water=4096))
        lab.monolith.script = b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n" + b"x" * 50_000_000
        async with lab.running():
            reader, writer = await lab.connect()
            reader._transport.pause_reading()
            writer.write(PLAIN)
            while not lab.core.clients:
                await asyncio.sleep(0.01)
            while lab.core.clients:
                await asyncio.sleep(0.05)

    run(scenario())


def test_one_address_has_only_so_many_connections(run, make_lab):
    async def scenario():
        lab = make_lab(Settings(connections_per_address=1))
        async with lab.running():
            await lab.ask(PLAIN)
            assert (await lab.talk(b"")).startswith(b"HTTP/1.1 503 ")

    run(scenario())


def test_a_client_that_has_finished_sending_still_gets_its_answer(run, lab):
    async def scenario():
        async def slow(request, writer):
            await asyncio.sleep(0.05)
            return OK

        lab.monolith.script = slow
        async with lab.running():
            reader, writer = await lab.connect()
            writer.write(PLAIN)
            writer.write_eof()
            assert (await reader.read()).endswith(b"ok")

    run(scenario())


def test_a_client_that_leaves_ends_its_request_at_the_target(run, lab):
    async def scenario():
        lab.monolith.script = lambda request, writer: None
        async with lab.running():
            _, writer = await lab.connect()
            writer.write(PLAIN)
            while not lab.monolith.requests:
                await asyncio.sleep(0.01)
            reset = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            writer.transport.abort()
            while lab.core.pools()[0].open:
                await asyncio.sleep(0.01)

    run(scenario())


def test_expect_is_the_targets_to_answer(run, lab):
    async def scenario():
        async def careful(request, writer):
            return OK

        lab.monolith.script = careful
        async with lab.running():
            reader, writer = await lab.connect()
            lab.monolith.script = lambda request, writer: OK
            writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            await asyncio.sleep(0.05)
            writer.write(b"hi")
            await reader.readuntil(b"\r\n\r\n")
            assert b"\r\nExpect: 100-continue\r\n" in lab.monolith.requests[0]
            assert (await lab.ask(PLAIN[:-2] + b"Expect: tea\r\n\r\n")).startswith(b"HTTP/1.1 417 ")

    run(scenario())


def test_max_forwards_is_counted_down_and_answered_at_zero(run, lab):
    async def scenario():
        async with lab.running():
            ask = b"OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: %d\r\n\r\n"
            assert (await lab.ask(ask % 0)).startswith(b"HTTP/1.1 204 ") and not lab.monolith.requests
            await lab.ask(ask % 3)
            assert b"\r\nMax-Forwards: 2\r\n" in lab.monolith.requests[0]
            absurd = ask.replace(b"%d", b"9" * 5000)  # more digits than Python makes a number of
            assert (await lab.ask(absurd)).startswith(b"HTTP/1.1 200 ")
            assert b"9" * 5000 in lab.monolith.requests[1]
            assert (await lab.ask(b"TRACE / HTTP/1.1\r\nHost: a\r\nCookie: s\r\n\r\n")).startswith(b"HTTP/1.1 405 ")

    run(scenario())


def test_a_websocket_is_a_tunnel_both_ways_and_survives_a_new_table(run, lab):
    async def scenario():
        async def echo(request, writer):
            writer.write(SWITCH + b"hello")
            return None

        lab.monolith.script = echo
        async with lab.running():
            reader, writer = await lab.connect()
            writer.write(UPGRADE)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 101 ") and b"Upgrade: websocket\r\n" in head
            assert await reader.readexactly(5) == b"hello"
            lab.core.apply(lab.table(version=2))
            writer.write(b"GET /not-http HTTP/1.1\r\nHost: b\r\n\r\n")
            while len(lab.monolith.requests) < 2:
                await asyncio.sleep(0.01)
            assert lab.monolith.requests[1] == b"GET /not-http HTTP/1.1\r\nHost: b\r\n\r\n"

    run(scenario())


@pytest.mark.parametrize("line", [b"Upgrade: h2c", b"Upgrade: websocket, h2c"])
def test_no_other_protocol_is_upgraded_to(run, lab, line):
    async def scenario():
        async with lab.running():
            answer = await lab.ask(UPGRADE.replace(b"Upgrade: websocket", line))
            assert answer.startswith(b"HTTP/1.1 200 ") and b"pgrade" not in lab.monolith.requests[0]
            lab.monolith.script = SWITCH
            assert (await lab.ask(PLAIN)).startswith(b"HTTP/1.1 502 ")

    run(scenario())


def test_a_trusted_proxy_is_believed_and_its_chain_continued(run, lab):
    async def scenario():
        async with lab.running(forwarding=Forwarding(trusted=("127.0.0.0/8",), forwarded=True)):
            await lab.ask(PLAIN[:-2] + b"X-Forwarded-For: 9.9.9.9, 10.0.0.1\r\nX-Forwarded-Proto: https\r\n\r\n")
            got = lab.monolith.requests[0]
            assert b"\r\nX-Forwarded-For: 9.9.9.9, 10.0.0.1, 127.0.0.1\r\n" in got
            assert b"\r\nX-Forwarded-Proto: https\r\n" in got

    run(scenario())


def test_too_many_requests_are_answered_429(run, lab):
    async def scenario():
        async with lab.running(rate_limit=RateLimit(rate=0.001, burst=2)):
            statuses = [(await lab.ask(b"GET /api/ HTTP/1.1\r\nHost: a\r\n\r\n"))[9:12] for _ in range(4)]
            assert statuses == [b"200", b"200", b"429", b"429"]

    run(scenario())


def test_a_body_beyond_the_routes_limit_is_answered_413(run, lab):
    async def scenario():
        async with lab.running(largest_body=4):
            head = b"POST /api/ HTTP/1.1\r\nHost: a\r\n"
            assert (await lab.talk(head + b"Content-Length: 5\r\n\r\nhello")).startswith(b"HTTP/1.1 413 ")
            data = await lab.talk(head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
            assert data.startswith(b"HTTP/1.1 413 ")
            assert not lab.service.requests and not lab.monolith.requests

    run(scenario())


def test_while_draining_each_connection_closes_after_its_answer(run, lab):
    async def scenario():
        gate = asyncio.Event()

        async def slow(request, writer):
            await gate.wait()
            return OK

        lab.monolith.script = slow
        async with lab.running():
            reader, writer = await lab.connect()
            writer.write(PLAIN)
            while not lab.monolith.requests:
                await asyncio.sleep(0.01)
            lab.core.drain()
            gate.set()
            data = await reader.read()
            assert b"\r\nConnection: close\r\n" in data and data.endswith(b"ok")

    run(scenario())
