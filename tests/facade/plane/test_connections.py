from __future__ import annotations

import asyncio

import pytest

GET = b"GET /api/x HTTP/1.1\r\nHost: a\r\nCookie: sid=u1\r\n\r\n"
POST = b"POST /api/x HTTP/1.1\r\nHost: a\r\nCookie: sid=u1\r\nContent-Length: 5\r\n\r\nhello"
KEYED = POST.replace(b"Content-Length", b"Idempotency-Key: k1\r\nContent-Length")
CHUNKED = POST.partition(b"Content-Length")[0] + b"Transfer-Encoding: chunked\r\n\r\n"
ODD = b"GET /api/%2e%2F?q=1 HTTP/1.1\r\nHost: Shop.example:81\r\nX-Odd:  a  b \r\nx-Forwarded-For: 6.6.6.6\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def cut(request, writer):
    writer.transport.abort()


def half(request, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\nhal")
    asyncio.get_running_loop().call_later(0.01, writer.transport.abort)


def test_a_request_goes_to_the_share_of_its_user_and_the_answer_says_so(run, lab):
    async def scenario():
        async with lab.running(100):
            answer = await lab.ask(GET)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"\r\n\r\nok")
            assert b"X-Served-By: service\r\n" in answer and b"Via: 1.1 strangler\r\n" in answer
            assert b"X-Served-By: monolith" in await lab.ask(GET.replace(b"/api", b"/other"))
            assert len(lab.service.requests) == len(lab.monolith.requests) == 1

    run(scenario())


def test_the_target_gets_the_same_lines_and_learns_who_asks(run, lab):
    async def scenario():
        async with lab.running(100):
            await lab.ask(ODD)
            got = lab.service.requests[0]
            assert got.startswith(b"GET /api/%2e%2F?q=1 HTTP/1.1\r\nHost: Shop.example:81\r\nX-Odd:  a  b \r\n")
            assert b"6.6.6.6" not in got and b"\r\nX-Forwarded-For: 127.0.0.1\r\n" in got
            assert b"\r\nX-Forwarded-Host: Shop.example:81\r\n" in got and b"\r\nX-Forwarded-Proto: http\r\n" in got
            assert b"\r\ntraceparent: 00-" in got and b"\r\nVia: 1.1 strangler\r\n" in got

    run(scenario())


def test_requests_sent_ahead_are_answered_in_order(run, lab, answer_of):
    async def scenario():
        lab.monolith.script = lambda request, writer: b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + request[5:6]
        async with lab.running():
            reader, writer = await lab.connect()
            writer.write(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(5)))
            assert [(await answer_of(reader))[-1:] for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]

    run(scenario())


@pytest.mark.parametrize("request_bytes", [GET, KEYED])
def test_a_request_that_may_be_repeated_falls_back_when_the_service_breaks_off(run, lab, request_bytes):
    async def scenario():
        lab.service.script = cut
        async with lab.running(100):
            answer = await lab.ask(request_bytes)
            assert b"X-Served-By: monolith" in answer and answer.startswith(b"HTTP/1.1 200")
            assert lab.monolith.requests[0].endswith(request_bytes.partition(b"\r\n\r\n")[2])
            tally = lab.tally("service")
            assert (tally.failures, tally.fallbacks, tally.indeterminate) == (1, 1, 0)

    run(scenario())


def test_an_unsafe_request_that_was_sent_is_never_sent_again(run, lab):
    async def scenario():
        lab.service.script = cut
        async with lab.running(100):
            answer = await lab.ask(POST)
            assert answer.startswith(b"HTTP/1.1 502 ") and b"\r\nX-Strangler-Indeterminate: 1\r\n" in answer
            assert len(lab.service.requests) == 1 and not lab.monolith.requests
            assert lab.tally("service").indeterminate == 1

    run(scenario())


def test_an_unsafe_request_that_was_not_sent_falls_back(run, lab):
    async def scenario():
        async with lab.running(100):
            await lab.service.stop()
            answer = await lab.ask(POST)
            assert b"X-Served-By: monolith" in answer and lab.monolith.requests[0].endswith(b"\r\n\r\nhello")

    run(scenario())


def test_a_pooled_connection_that_has_ended_is_not_used_for_an_unsafe_request(run, lab):
    async def scenario():
        async def once(request, writer):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
            writer.close()

        lab.monolith.script = once
        async with lab.running():
            reader, writer = await lab.connect()
            for _ in range(20):
                writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200"), head
                await reader.readexactly(2)
            assert len(lab.monolith.requests) == 20

    run(scenario())


def test_an_answer_that_breaks_off_is_never_made_whole(run, lab):
    async def scenario():
        lab.service.script = half
        async with lab.running(100):
            data = await lab.talk(GET)
            assert data.endswith(b"\r\n\r\nhal") and not lab.monolith.requests
            assert lab.tally("service").failures == 1

    run(scenario())


def test_an_answer_that_breaks_off_in_chunks_has_no_last_chunk(run, lab):
    async def scenario():
        async def chunks(request, writer):
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            await writer.drain()
            writer.close()

        lab.service.script = chunks
        async with lab.running(100):
            assert (await lab.talk(GET)).endswith(b"5\r\nhello\r\n")

    run(scenario())


def test_an_answer_without_a_length_becomes_chunks(run, lab):
    async def scenario():
        async def until_close(request, writer):
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nhello")
            await writer.drain()
            writer.close()

        lab.monolith.script = until_close
        async with lab.running():
            answer = await lab.ask(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert b"Transfer-Encoding: chunked" in answer and answer.endswith(b"5\r\nhello\r\n0\r\n\r\n")
            assert (await lab.talk(b"GET / HTTP/1.0\r\n\r\n")).endswith(b"\r\n\r\nhello")

    run(scenario())


def test_chunks_for_a_client_of_http_1_0_come_plain(run, lab):
    async def scenario():
        lab.monolith.script = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        async with lab.running():
            answer = await lab.talk(b"GET / HTTP/1.0\r\n\r\n")
            assert answer.endswith(b"\r\n\r\nhello") and b"ransfer-" not in answer and b"Connection: close" in answer

    run(scenario())


def test_a_body_in_chunks_arrives_in_chunks(run, lab):
    async def scenario():
        async with lab.running(100):
            await lab.ask(CHUNKED + b"5;x=y\r\nhello\r\n0\r\n\r\n")
            assert lab.service.requests[0].endswith(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")

    run(scenario())


def test_a_malformed_chunk_ends_both_connections(run, lab):
    async def scenario():
        async with lab.running(100):
            reader, writer = await lab.connect()
            writer.write(CHUNKED + b"5\r\nhelloX")
            data = await reader.read()
            assert data.startswith(b"HTTP/1.1 400 ") and not lab.service.requests
            assert lab.core.pools()[1].open == 0

    run(scenario())


def test_head_and_not_modified_have_no_body(run, lab, answer_of):
    async def scenario():
        lab.monolith.script = lambda request, writer: (
            b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: x\r\n\r\n"
            if request.startswith(b"GET")
            else b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        )
        async with lab.running():
            reader, writer = await lab.connect()
            for method in (b"HEAD", b"GET", b"HEAD"):
                writer.write(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n")
                assert b"Content-Length: 9\r\n" in await answer_of(reader, bodiless=True)
            assert lab.monolith.connections == 1

    run(scenario())


def test_interim_answers_are_passed_on(run, lab):
    async def scenario():
        lab.monolith.script = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK
        async with lab.running():
            answer = await lab.ask(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n")

    run(scenario())


def test_a_table_is_swapped_under_a_request_that_keeps_its_own(run, lab):
    async def scenario():
        gate = asyncio.Event()

        async def slow(request, writer):
            await gate.wait()
            return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        lab.service.script = slow
        async with lab.running(100):
            first = asyncio.create_task(lab.ask(GET))
            while not lab.service.requests:
                await asyncio.sleep(0.01)
            lab.core.apply(lab.table(0, version=2))
            assert b"X-Served-By: monolith" in await lab.ask(GET)
            gate.set()
            assert b"X-Served-By: service" in await first

    run(scenario())
