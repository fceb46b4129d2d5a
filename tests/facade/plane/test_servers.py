"""In front of the servers that Python applications run on: what comes through the facade is what comes directly.

The servers have an environment of their own, whose Python ``STRANGLER_SERVERS`` names (.ci/steps/50-facade).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import time
from pathlib import Path

import pytest

from .workers import free_port, start_worker, table

pytestmark = pytest.mark.real
PYTHON = os.environ.get("STRANGLER_SERVERS", "")
WSGI, ASGI = "served:flask_app", "served:starlette_app"
GUNICORN = f"-m gunicorn -b 127.0.0.1:PORT --keep-alive 1 --graceful-timeout 5 --log-level critical {WSGI}"
SERVERS = {
    "gunicorn sync": f"{GUNICORN} -w 2",
    "gunicorn gthread": f"{GUNICORN} -k gthread -w 2 --threads 4",
    "gunicorn gevent": f"{GUNICORN} -k gevent",
    "uvicorn h11": f"-m uvicorn {ASGI} --port PORT --http h11 --timeout-keep-alive 1 --log-level critical",
    "uvicorn httptools": f"-m uvicorn {ASGI} --port PORT --http httptools --timeout-keep-alive 1 --log-level critical",
    "hypercorn": f"-m hypercorn -b 127.0.0.1:PORT --keep-alive 1 --log-level critical {ASGI}",
    "granian": f"-m granian --interface asgi --port PORT --http 1 --no-log {ASGI}",
    "waitress": f"-m waitress --listen=127.0.0.1:PORT --channel-timeout=1 --cleanup-interval=1 {WSGI}",
    "uwsgi": "served.py uwsgi PORT",
    "daphne": f"-m daphne -p PORT -v 0 {ASGI}",
    "cheroot": f"-m cheroot --bind 127.0.0.1:PORT --timeout 1 {WSGI}",
    "django": "served.py django PORT",
    "aiohttp": "served.py aiohttp PORT",
    "tornado": "served.py tornado PORT",
}


def request(line: str, *fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([f"{line} HTTP/1.1".encode(), b"Host: shop.example", *fields, b"", body])


def length(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


BODY = bytes(range(256)) * 300
CHUNKS = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (BODY[:7], BODY[7:])) + b"0\r\n\r\n"
CASES = {
    "a page": request("GET /plain"),
    "a page's head": request("HEAD /plain"),
    "nothing": request("GET /empty"),
    "nothing after a body": request("POST /empty", length(b"hi"), body=b"hi"),
    "not modified": request("GET /cached", b'If-None-Match: "v1"'),
    "in pieces": request("GET /pieces"),
    "the head of pieces": request("HEAD /pieces"),
    "a big page": request("GET /big"),
    "many cookies set": request("GET /cookies"),
    "many cookies sent": request("GET /seen", b"Cookie: " + b"; ".join(b"c%d=%d" % (n, n) for n in range(200))),
    "large fields": request("GET /seen", *[b"X-Large-%d: " % n + b"x" * 4000 for n in range(8)]),
    "bytes that are no text": request("GET /seen", b"X-Odd: a\xff\xfe\x80b\xc3\xa9"),
    "an odd path": request("GET /seen//a/%2F/b;v=1/%C3%A9/%ff/..%2e?q=%20&r=a+b&s=;"),
    "a body": request("POST /seen", length(BODY), body=BODY),
    "a body in chunks": request("PUT /seen", b"Transfer-Encoding: chunked", body=CHUNKS),
    "an answer that is slow": request("GET /slow"),
    "what is not there": request("GET /nowhere"),
    "a method that is not allowed": request("DELETE /plain"),
}
NOT_COMPARED = {b"date", b"via", b"x-served-by", b"connection", b"keep-alive", b"transfer-encoding", b"content-length"}
ABSOLUTE = request("GET http://shop.example/seen/abs?x=1")
"""What a proxy makes a plain path of (RFC 9112 §3.2.2); asked directly, servers disagree."""
WITHOUT_EARLY_ANSWERS = ("gunicorn sync",)
"""It closes with the body unread, and its answer may be lost on the way."""


async def answer(port: int, data: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Status, fields and body of one answer, without what is of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        return await read_answer(reader, data.startswith(b"HEAD"))
    finally:
        writer.close()


async def read_answer(reader: asyncio.StreamReader, bodiless: bool = False) -> tuple[bytes, list[bytes], bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    fields = {line.partition(b":")[0].lower(): line.partition(b":")[2].strip() for line in lines}
    kept = [line for line in lines if line.partition(b":")[0].lower() not in NOT_COMPARED]
    status = first[9:12]
    if bodiless or status in (b"204", b"304"):
        return status, kept, b""
    if b"content-length" in fields:
        return status, kept, await reader.readexactly(int(fields[b"content-length"]))
    if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
        return status, kept, await read_chunks(reader)
    return status, kept, await reader.read()


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return body


@contextlib.asynccontextmanager
async def served(name: str, folder: Path):
    """A server and a facade before it: (the server's process, its port, the facade's port)."""
    if not PYTHON:
        pytest.skip(f"NOT tested here: {name} (.ci/steps/50-facade does, once)")
    direct = free_port()
    words = [word.replace("PORT", str(direct)) for word in SERVERS[name].split()]
    quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
    server = await asyncio.create_subprocess_exec(PYTHON, *words, cwd=Path(__file__).parent, **quiet)
    try:
        await ready(direct, server)
        file = folder / "table.json"
        file.write_text(json.dumps(table(direct)).replace("localhost", "127.0.0.1"))
        worker, port = await start_worker("--table", str(file))
        try:
            await ready(port, worker)
            yield server, direct, port
        finally:
            await ended(worker)
    finally:
        await ended(server)


async def ready(port: int, process: asyncio.subprocess.Process) -> None:
    while True:
        assert process.returncode is None, "it did not start"
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            if (await answer(port, request("GET /plain")))[0] == b"200":
                return
        await asyncio.sleep(0.05)


async def ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("name", SERVERS)
def test_customers_of_a_server_notice_no_facade(alone, name, tmp_path):
    async def scenario():
        async with served(name, tmp_path) as (server, direct, port):
            await compared(direct, port)
            await come_back_late(port)
            if name not in WITHOUT_EARLY_ANSWERS:
                assert await refused_early(port) == await refused_early(direct)
            if ASGI in SERVERS[name]:
                await events_arrive_one_by_one(port)
            if ASGI in SERVERS[name] or name in ("aiohttp", "tornado"):
                assert await talk(port) == await talk(direct)
            if name.startswith("gunicorn"):
                await replaced_under_load(server, port)

    alone(scenario())


async def compared(direct: int, port: int) -> None:
    """What comes through is what comes directly."""
    for case, data in CASES.items():
        expected, found = [await asyncio.wait_for(answer(to, data), 10) for to in (direct, port)]
        assert found == expected, case
    assert await answer(port, ABSOLUTE) == await answer(direct, request("GET /seen/abs?x=1"))


async def come_back_late(port: int) -> None:
    """Customers return about when the server's patience ends: each request may meet a closing connection."""
    statuses: list[bytes] = []
    until = time.monotonic() + 2.2

    async def customer(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < until:
            writer.write(request("GET /plain"))
            statuses.append((await read_answer(reader))[0])
            await asyncio.sleep(0.9 + (number * 7 % 20) / 100)
        writer.close()

    await asyncio.gather(*(customer(number) for number in range(20)))
    assert len(statuses) >= 40
    assert set(statuses) == {b"200"}


async def refused_early(port: int) -> bytes:
    """The status of an upload that nobody wants, and of which nothing is sent before that is known."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request("POST /refuse", b"Content-Length: 3000000", b"Expect: 100-continue"))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()
    return head[9:12]


async def talk(port: int) -> tuple[bytes, set[bytes], bytes]:
    """A WebSocket: the status, what was agreed upon, and the answer to a message."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    fields = (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13")
    key = b"Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef")
    offer = b"Sec-WebSocket-Protocol: first, second"
    extensions = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    writer.write(request("GET /socket", *fields, key, offer, extensions))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert head.startswith(b"HTTP/1.1 101 ")
    agreed = {line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket")}
    said = b""
    for opcode, payload in ((1, b"hello"), (8, b"\x03\xe8")):
        mask = b"abcd"
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        writer.write(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)
        opening = await asyncio.wait_for(reader.readexactly(2), 10)
        said += opening + await reader.readexactly(opening[1])
    writer.close()
    return head[9:12], agreed, said


async def events_arrive_one_by_one(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request("GET /events"))
    await reader.readuntil(b"\r\n\r\n")
    pieces = [await asyncio.wait_for(reader.readuntil(b"\n\n\r\n"), 10) for _ in range(3)]
    assert [piece.rpartition(b"data: ")[2][:1] for piece in pieces] == [b"0", b"1", b"2"]
    writer.close()


async def replaced_under_load(server: asyncio.subprocess.Process, port: int) -> None:
    """Processes that are replaced cost no safe request."""
    statuses: list[bytes] = []
    stop = asyncio.Event()

    async def customer() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while not stop.is_set():
            writer.write(request("GET /plain"))
            statuses.append((await read_answer(reader))[0])
        writer.close()

    customers = [asyncio.create_task(customer()) for _ in range(8)]
    for _ in range(2):
        before = len(statuses)
        server.send_signal(signal.SIGHUP)
        while len(statuses) < before + 300:
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.gather(*customers)
    assert set(statuses) == {b"200"}
