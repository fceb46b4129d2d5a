"""What servers do on a bad day (restart, die, hang, answer early), and that no customer notices what can be hidden."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time

import pytest

from strangler_facade.table import Target

GET = b"GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
UPGRADE = GET[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"


async def heads(reader):
    """Each request's head, until the facade closes."""
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            yield await reader.readuntil(b"\r\n\r\n")


def test_when_all_idle_connections_end_at_once_a_request_is_sent_on_a_new_one(run, lab):
    async def scenario():
        together = asyncio.Barrier(4)

        async def once(reader, writer):
            """One answer for each connection; the next request on it finds it ended."""
            await anext(heads(reader))
            if lab.monolith.connections <= 4:
                await together.wait()
            writer.write(OK)
            await reader.read(1)
            writer.transport.abort()

        lab.monolith.serve = once
        async with lab.running():
            await asyncio.gather(*(lab.ask(GET) for _ in range(4)))
            assert len(lab.core.pools()[0].idle) == 4
            assert (await lab.ask(GET)).endswith(b"ok")
            assert lab.tally("monolith").failures == 0

    run(scenario())


@pytest.mark.parametrize(("request_bytes", "status"), [(GET, b"200"), (POST, b"502")])
def test_a_connection_that_a_leaving_process_took_and_cut_is_made_again_where_that_is_safe(
    run, lab, request_bytes, status
):
    async def scenario():
        async def first_is_cut(reader, writer):
            async for _ in heads(reader):
                if lab.monolith.connections == 1:
                    writer.transport.abort()
                    return
                writer.write(OK)

        lab.monolith.serve = first_is_cut
        async with lab.running():
            assert (await lab.ask(request_bytes))[9:12] == status
            assert lab.monolith.connections == (2 if status == b"200" else 1)
            assert lab.tally("monolith").failures == 1

    run(scenario())


def test_a_connection_that_ends_before_it_is_used_loses_no_request_of_any_kind(run, lab):
    async def scenario():
        async def first_is_closed(reader, writer):
            if lab.monolith.connections % 2:
                writer.transport.abort()
                return
            await reader.readuntil(b"\r\n\r\nhi")
            writer.write(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

        lab.monolith.serve = first_is_closed
        async with lab.running():
            answers = [await lab.ask(POST) for _ in range(10)]
            told = [answer for answer in answers if not answer.endswith(b"ok")]
            assert all(b"X-Strangler-Indeterminate: 1" in answer for answer in told)
            assert lab.core.pools()[0].open == 0

    run(scenario())


@pytest.mark.parametrize(("request_bytes", "served"), [(GET, "monolith"), (POST, "")])
def test_a_small_answer_goes_out_whole_or_not_at_all(run, lab, request_bytes, served):
    async def scenario():
        def cut(request, writer):
            writer.write(HALF)
            asyncio.get_running_loop().call_later(0.01, writer.transport.abort)

        lab.service.script = cut
        async with lab.running(100):
            answer = await lab.ask(request_bytes)
            if served:
                assert b"X-Served-By: monolith" in answer and answer.endswith(b"ok")
            else:
                assert answer.startswith(b"HTTP/1.1 502 ") and b"X-Strangler-Indeterminate: 1" in answer
            assert lab.tally("service").failures == 1

    run(scenario())


def test_a_small_answer_in_pieces_arrives_as_it_is(run, lab):
    async def scenario():
        async def pieces(request, writer):
            for byte in OK:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.001)

        lab.monolith.script = pieces
        async with lab.running():
            answer = await lab.ask(GET)
            assert answer.endswith(b"\r\n\r\nok") and answer.count(b"HTTP/1.1 ") == 1
            assert len(lab.core.pools()[0].idle) == 1

    run(scenario())


def test_an_early_answer_is_not_lost_to_the_reset_behind_it(run, lab):
    """A server that refuses an upload answers, closes, and thereby resets what is still on its way."""

    async def scenario():
        gate = asyncio.Event()

        async def refuse(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            await gate.wait()
            writer.write(b"HTTP/1.1 413 No\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch")
            await writer.drain()
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.close()

        lab.monolith.serve = refuse
        async with lab.running():
            reader, writer = await lab.connect()
            writer.write(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            while not lab.monolith.connections or not lab.core.clients:
                await asyncio.sleep(0.01)
            client = next(iter(lab.core.clients))
            client.exchange.connection.hold()  # we are slow to read, as a busy worker is
            gate.set()
            await asyncio.sleep(0.05)
            for _ in range(3):  # the first write after a reset fails
                writer.write(b"x" * 1000)
                await asyncio.sleep(0.02)
            assert (await reader.read()).startswith(b"HTTP/1.1 413 No\r\n")

    run(scenario())


def test_who_waits_for_a_connection_is_served_though_its_target_is_replaced(run, lab):
    async def scenario():
        gate = asyncio.Event()

        async def slow(request, writer):
            await gate.wait()
            return OK

        lab.service.script = slow
        async with lab.running(100, target={"connections": 1}):
            asked = [asyncio.create_task(lab.ask(GET)) for _ in range(2)]
            while len(lab.core.clients) < 2 or not lab.service.requests:
                await asyncio.sleep(0.01)
            lab.core.apply(lab.table(0, version=2, target={"connections": 2}))
            gate.set()
            answers = await asyncio.gather(*asked)
            assert all(b"X-Served-By: service" in answer for answer in answers)

    run(scenario())


class Full:
    """A server whose queue of connections is full: it accepts one, and the next attempts hang."""

    def __init__(self) -> None:
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.fillers: list[socket.socket] = []

    def fill(self) -> None:
        """Connect until a connection hangs."""
        while True:
            filler = socket.socket()
            filler.settimeout(0.1)
            self.fillers.append(filler)
            try:
                filler.connect(("127.0.0.1", self.port))
            except TimeoutError:
                return

    def close(self) -> None:
        for each in (self.listener, *self.fillers):
            each.close()


@pytest.fixture
def full():
    made = Full()
    yield made
    made.close()


def test_whoever_waits_gets_the_first_connection_that_is_there(run, lab, full):
    async def scenario():
        loop = asyncio.get_running_loop()
        async with lab.running():
            target = Target("monolith", f"http://127.0.0.1:{full.port}", connect_timeout=20)
            lab.core.apply(lab.table().__class__(2, (target,), "monolith"))
            first = asyncio.create_task(lab.ask(GET))
            full.listener.settimeout(5)
            served, _ = await loop.run_in_executor(None, full.listener.accept)
            await loop.run_in_executor(None, full.fill)
            second = asyncio.create_task(lab.ask(GET))
            while len(lab.core.clients) < 2:
                await asyncio.sleep(0.01)
            served.sendall(OK)
            assert (await first).endswith(b"ok")
            served.sendall(OK)
            assert (await second).endswith(b"ok")
            served.close()

    run(scenario())


def test_a_request_that_went_elsewhere_while_its_target_was_dialled_is_sent_once(run, lab, full):
    async def scenario():
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, full.fill)
        slow = {"url": f"http://127.0.0.1:{full.port}", "answer_timeout": 0.2, "connect_timeout": 20}
        async with lab.running(100):
            table = lab.table(100, version=2)
            targets = (table.targets[0], Target("service", **slow))
            lab.core.apply(type(table)(2, targets, table.default, table.routes))
            gate = asyncio.Event()

            async def late(request, writer):
                await gate.wait()
                return OK

            lab.monolith.script = late
            asked = asyncio.create_task(lab.ask(POST))
            while not lab.monolith.requests:
                await asyncio.sleep(0.01)
            full.listener.settimeout(20)
            taken = []
            while not any(pool.idle for pool in lab.core.pools()):  # the attempt succeeds, and nobody wants it
                taken.append((await loop.run_in_executor(None, full.listener.accept))[0])
                await asyncio.sleep(0.05)
            gate.set()
            assert b"X-Served-By: monolith" in await asked
            for each in taken:
                each.settimeout(0.1)
                with contextlib.suppress(TimeoutError):
                    assert each.recv(100) == b""
                each.close()
            assert len(lab.monolith.requests) == 1

    run(scenario())


def test_a_worker_that_got_no_time_has_not_waited(run, lab):
    async def scenario():
        async with lab.running(target={}):
            target = Target("monolith", f"http://127.0.0.1:{lab.monolith.port}", connect_timeout=0.5)
            lab.core.apply(lab.table().__class__(2, (target,), "monolith"))
            reader, writer = await lab.connect()
            writer.write(GET)
            while not lab.core.pools()[0].open:
                await asyncio.sleep(0)
            for _ in range(3):
                time.sleep(0.3)
                await asyncio.sleep(0)
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 ")

    run(scenario())


@pytest.mark.parametrize("whole", [True, False])
def test_a_head_beyond_the_limit_is_refused_however_it_comes(run, lab, whole):
    async def scenario():
        long = b"".join(b"X-%d: %b\r\n" % (number, b"x" * 1000) for number in range(70))
        request = GET[:-2] + long + b"\r\n"
        async with lab.running():
            reader, writer = await lab.connect()
            for piece in [request] if whole else [request[:30_000], request[30_000:]]:
                writer.write(piece)
                await asyncio.sleep(0.02)
            assert (await reader.read()).startswith(b"HTTP/1.1 431 ")

            async def answer(request, writer):
                data = OK.replace(b"\r\n\r\n", b"\r\n" + long + b"\r\n")
                for piece in [data] if whole else [data[:30_000], data[30_000:]]:
                    writer.write(piece)
                    await asyncio.sleep(0.02)

            lab.monolith.script = answer
            assert (await lab.ask(GET)).startswith(b"HTTP/1.1 502 ")

    run(scenario())


def test_no_breaker_keeps_a_request_from_the_only_target_there_is(run, lab):
    async def scenario():
        async with lab.running():
            await lab.monolith.stop()
            statuses = [(await lab.ask(GET))[9:12] for _ in range(10)]
            assert statuses == [b"503"] * 10
            pool = lab.core.pools()[0]
            assert pool.switch.state != "closed"
            await lab.monolith.start()
            assert (await lab.ask(GET)).endswith(b"ok")
            assert pool.switch.state == "closed"

    run(scenario())


@pytest.mark.parametrize("server_first", [True, False])
def test_a_tunnel_that_both_sides_have_ended_is_gone(run, lab, server_first):
    async def scenario():
        async def talk(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(SWITCH)
            if server_first:
                writer.write_eof()
            assert await reader.read() == b"last words"
            writer.close()

        lab.monolith.serve = talk
        async with lab.running():
            reader, writer = await lab.connect()
            writer.write(UPGRADE)
            await reader.readuntil(b"\r\n\r\n")
            if server_first:
                assert await reader.read() == b""
            writer.write(b"last words")
            writer.write_eof()
            assert await reader.read() == b""
            while lab.core.clients or lab.core.pools()[0].open:
                await asyncio.sleep(0.01)

    run(scenario())
