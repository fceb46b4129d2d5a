from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from strangler_facade.orders import Order, Terms, written
from strangler_facade.shadow import repeat
from strangler_facade.shadow.findings import Record
from strangler_facade.shadow.repeat import TICK, Repeats
from strangler_facade.table import Target

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nok"
AGAIN = b"GET /again HTTP/1.1\r\nHost: a\r\n\r\n"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readuntil(b"\r\n\r\n"):
        writer.write(ANSWER)


async def answer_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(ANSWER)
    await answer(reader, writer)


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def carried_out(
    serve: Serve,
    timeout: float = 5.0,
    count: int = 1,
    concurrency: int = 8,
    doubts: Callable[[Record], bool] = lambda record: False,
    **changes: object,
) -> tuple[list[Record], Repeats]:
    """The records of ``count`` orders to a server that does what ``serve`` does."""

    tasks: list[asyncio.Task[None]] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await serve(reader, writer)
        writer.close()

    async def scenario() -> tuple[list[Record], Repeats]:
        server = await asyncio.start_server(served, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        records: list[Record] = []
        repeats = Repeats(asyncio.get_running_loop(), records.append, doubts)
        repeats.start()
        target = Target("billing", f"http://127.0.0.1:{port}")
        terms = Terms("billing.0", replace(target, name="monolith"), target, 1000, concurrency, timeout)
        for _ in range(count):
            repeats.take(order(terms, **changes))
        async with asyncio.timeout(20):
            while len(records) < count - repeats.counts["dropped"]:
                await asyncio.sleep(0.01)
        repeats.stop()
        server.close()
        await asyncio.sleep(0.01)  # who was accepted last has a task by now
        await asyncio.gather(*tasks)
        await asyncio.sleep(0)  # and its connection is closed
        return records, repeats

    return asyncio.run(scenario())


def order(terms: Terms, **changes: object) -> Order:
    block = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    made = Order(written(terms), b"GET", b"/", block, b"", b"X-A: 1\r\n", b"ok", 200, 0.1, False, False, False)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_both_sides_come_back_as_they_were_answered() -> None:
    ((record,), repeats) = carried_out(answer)
    primary, mirrored = record.primary, record.mirrored
    assert (primary.status, primary.headers, primary.body) == (200, (("x-a", "1"),), b"ok")
    assert (mirrored.status, mirrored.body, mirrored.error, record.again) == (200, b"ok", "", None)
    assert repeats.counts == {"sent": 1}


def test_the_primary_is_asked_again_where_the_order_says_so() -> None:
    ((record,), _) = carried_out(answer, again=AGAIN, twice=True)
    assert record.again is not None and record.again.body == b"ok"
    assert carried_out(answer, again=AGAIN)[0][0].again is None


def test_the_primary_is_asked_after_the_mirror_where_there_is_doubt() -> None:
    asked: list[bytes] = []

    async def numbered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            asked.append(head)
            writer.write(ANSWER)

    ((record,), repeats) = carried_out(numbered, again=AGAIN, doubts=lambda record: True)
    assert record.second is not None and record.second.body == b"ok"
    assert record.again is None and asked[1] == AGAIN
    assert repeats.counts == {"sent": 1, "second_looks": 1}


def test_what_must_not_be_repeated_gets_no_second_look() -> None:
    ((record,), repeats) = carried_out(answer, doubts=lambda record: True)
    assert record.second is None and repeats.counts == {"sent": 1}


def test_second_looks_are_so_many_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeat, "_LOOKS_A_SECOND", 2.0)
    monkeypatch.setattr(Repeats, "start", lambda self: None)  # time stands still
    records, repeats = carried_out(answer, count=8, again=AGAIN, doubts=lambda record: True)
    assert sum(record.second is not None for record in records) == repeats.counts["second_looks"] == 2


def test_a_second_look_that_hangs_is_given_up() -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await (hang if head == AGAIN else answer_first)(reader, writer)

    ((record,), _) = carried_out(once, timeout=2 * TICK, again=AGAIN, doubts=lambda record: True)
    assert record.second is not None and record.second.error == "no answer in time"


@pytest.mark.parametrize(("body", "truncated"), [(b"1\r\no\r\n1\r\nk\r\n0\r\n\r\n", False), (b"zz\r\n", True)])
def test_chunks_are_taken_off_and_what_is_no_chunk_is_not_compared(body: bytes, truncated: bool) -> None:
    ((record,), _) = carried_out(answer, body=body, chunked=True)
    assert record.primary.truncated is truncated and (truncated or record.primary.body == b"ok")


def test_a_target_that_hangs_is_given_up_and_those_behind_it_have_their_turn() -> None:
    records, repeats = carried_out(hang, timeout=2 * TICK, count=5, concurrency=2)
    assert [record.mirrored.error for record in records] == ["no answer in time"] * 5
    assert repeats.counts == {"sent": 5}


def test_what_waits_is_bounded_in_number_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeat, "_MOST_WAITING", 2)
    assert carried_out(hang, timeout=TICK, count=5, concurrency=1)[1].counts == {"sent": 3, "dropped": 2}
    monkeypatch.setattr(repeat, "_MOST_BYTES_WAITING", 100)
    large = carried_out(hang, timeout=TICK, count=3, concurrency=1, body=b"x" * 60)[1]
    assert large.counts == {"sent": 2, "dropped": 1}
