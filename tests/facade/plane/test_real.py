"""The plane before real servers and under real tools: WebSockets, REDbot, slowhttptest, a worker killed under load."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.real


def need(found: object, what: str) -> None:
    """Skip, loudly, where a real part is missing; fail where all of them should be there."""
    if not os.environ.get("STRANGLER_REAL"):
        pytest.skip(f"NOT tested here: {what} (.ci/steps/50-facade does)")
    if not found:
        pytest.fail(f"{what} is missing")


def frame(opcode: int, payload: bytes = b"", fin: bool = True, rsv: int = 0, mask: bytes | None = b"abcd", length=None):
    """One WebSocket frame as a client sends it (RFC 6455 §5.2), or one that is wrong on purpose."""
    size = len(payload)
    code = length if length is not None else 126 if 125 < size < 65536 else 127 if size > 125 else size
    extended = struct.pack(">H", size) if code == 126 else struct.pack(">Q", size) if code == 127 else b""
    head = bytes([fin << 7 | rsv << 4 | opcode, (0x80 if mask else 0) | code]) + extended
    if not mask:
        return head + payload
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
BYE = frame(CLOSE, struct.pack(">H", 1000))


def websocket_cases() -> dict[str, bytes]:
    cases: dict[str, bytes] = {}
    for size in (0, 1, 125, 126, 127, 128, 1000, 65535, 65536, 65537, 90000, 100_001, 200_000):
        cases[f"text of {size}"] = frame(TEXT, b"x" * size) + BYE
        cases[f"binary of {size}"] = frame(BINARY, b"\xff" * size) + BYE
    for opcode, rsv in itertools.product(range(16), (0, 1, 2, 4)):
        cases[f"opcode {opcode} reserved {rsv}"] = frame(opcode, b"\x03\xe8", rsv=rsv) + BYE
    for size in (0, 1, 124, 125, 126, 200):
        cases[f"ping of {size}"] = frame(PING, b"p" * size) + BYE
        cases[f"pong of {size}"] = frame(PONG, b"p" * size) + BYE
    for code in (0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
                 1016, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 65535):  # fmt: skip
        cases[f"close {code}"] = frame(CLOSE, struct.pack(">H", code) + b"why")
    cases |= {
        "close empty": frame(CLOSE),
        "close of one byte": frame(CLOSE, b"\x03"),
        "close with a long reason": frame(CLOSE, b"\x03\xe8" + b"r" * 123),
        "close with a too long reason": frame(CLOSE, b"\x03\xe8" + b"r" * 124),
        "close with bad UTF-8": frame(CLOSE, b"\x03\xe8\xff"),
        "frames after close": BYE + frame(TEXT, b"late"),
        "two closes": BYE + BYE,
        "unmasked": frame(TEXT, b"plain", mask=None) + BYE,
        "mask of zeros": frame(TEXT, b"plain", mask=b"\0\0\0\0") + BYE,
        "long form of a short length": frame(TEXT, b"short", length=126) + BYE,
        "longest form of a short length": frame(TEXT, b"short", length=127) + BYE,
        "length beyond 63 bits": bytes([0x81, 0xFF]) + b"\xff" * 8 + b"abcd",
        "fragmented ping": frame(PING, b"a", fin=False) + frame(0, b"b") + BYE,
        "continuation first": frame(0, b"a") + BYE,
        "text inside a message": frame(TEXT, b"a", fin=False) + frame(TEXT, b"b") + BYE,
        "no end": frame(TEXT, b"a", fin=False) + BYE,
        "garbage": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "nothing": b"",
    }
    for count, opcode in itertools.product((2, 3, 10), (TEXT, BINARY)):
        pieces = [frame(opcode if n == 0 else 0, b"%d" % n, fin=n == count - 1) for n in range(count)]
        cases[f"{count} fragments of {opcode}"] = b"".join(pieces) + BYE
        cases[f"{count} fragments of {opcode} with pings"] = frame(PING, b"!").join(pieces) + BYE
    for name, text in {
        "two bytes": "ü", "three bytes": "€", "four bytes": "😀", "mixed": "aü€😀" * 100, "zero": "\0",
    }.items():  # fmt: skip
        data = text.encode()
        cases[f"UTF-8 {name}"] = frame(TEXT, data) + BYE
        cases[f"UTF-8 {name} cut"] = frame(TEXT, data[:1], fin=False) + frame(0, data[1:]) + BYE
    for name, data in {
        "lone": b"\x80", "overlong": b"\xc0\xaf", "surrogate": b"\xed\xa0\x80", "too high": b"\xf4\x90\x80\x80",
        "cut": b"\xe2\x82", "in the middle": b"ok\xffok",
    }.items():  # fmt: skip
        cases[f"bad UTF-8 {name}"] = frame(TEXT, data) + BYE
        cases[f"bad UTF-8 {name} in fragments"] = frame(TEXT, b"ok", fin=False) + frame(0, data) + BYE
        cases[f"bytes {name}"] = frame(BINARY, data) + BYE
    return cases


CASES = websocket_cases()
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def verdict(port: int, data: bytes, step: int) -> tuple[bytes, bytes]:
    """The handshake's accept value, and every byte the server sends until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HANDSHAKE)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    with contextlib.suppress(ConnectionError):
        for start in range(0, len(data), step):
            writer.write(data[start : start + step])
            await writer.drain()
            if step == 1:
                await asyncio.sleep(0)
        if not data:
            writer.write_eof()
    got = b""
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65536):
            got += piece
    writer.close()
    return re.search(rb"(?i)sec-websocket-accept: (\S+)", head)[1], got


def test_there_are_at_least_150_websocket_cases():
    assert len(CASES) >= 150


def test_a_websocket_through_the_facade_ends_as_a_direct_one_does(run, lab):
    with contextlib.suppress(ImportError):
        from websockets.asyncio.server import serve
    need("serve" in locals(), "websockets (PyPI)")

    async def echo(connection):
        async for message in connection:
            await connection.send(message)

    async def scenario():
        logger = __import__("logging").getLogger("silent")
        logger.disabled = True
        async with serve(echo, "127.0.0.1", 0, max_size=100_000, compression=None, logger=logger) as server:
            lab.monolith.start = lab.monolith.stop = lambda: asyncio.sleep(0)
            direct = lab.monolith.port = server.sockets[0].getsockname()[1]
            async with lab.running():
                limit = asyncio.Semaphore(16)

                async def one(name, step):
                    async with limit:
                        expected = await verdict(direct, CASES[name], step)
                        assert await verdict(lab.port, CASES[name], step) == expected, name

                whole = [one(name, 1 << 20) for name in CASES]
                cut = [one(name, 1) for name in CASES if len(CASES[name]) < 300]
                await asyncio.gather(*whole, *cut)

    run(scenario())


@pytest.fixture
def site(tmp_path):
    """A real nginx with pages, ranges, compression, redirects and conditional answers; its port."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    need(program, "nginx")
    (tmp_path / "page.html").write_text("<html><body>" + "words " * 500 + "</body></html>")
    os.utime(tmp_path / "page.html", (1_600_000_000, 1_600_000_000))
    from strangler_facade.plane.worker import listening

    with listening("127.0.0.1:0") as sock:
        port = sock.getsockname()[1]
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/err; events {{}}"
        f"http {{ access_log off; {temporary} types {{ text/html html; }}"
        "gzip on; gzip_vary on; gzip_proxied any; gzip_min_length 10;"
        f"server {{ listen 127.0.0.1:{port}; root {tmp_path};"
        "absolute_redirect off; location = /moved { return 301 /page.html; } location = /empty { return 204; }"
        "location / { add_header Cache-Control 'public, max-age=60'; add_header Set-Cookie a=b; } } }"
    )
    child = subprocess.Popen([program, "-c", str(tmp_path / "nginx.conf")], stderr=subprocess.DEVNULL)
    yield port
    child.terminate()
    child.wait()


async def worker(tmp_path: Path, document: dict[str, object], port: int) -> asyncio.subprocess.Process:
    file = tmp_path / "table.json"
    file.write_text(json.dumps(document))
    command = [sys.executable, "-m", "strangler_facade.plane", "--table", str(file), "--listen", f"127.0.0.1:{port}"]
    before = listeners(port)
    child = await asyncio.create_subprocess_exec(*command)
    while listeners(port) == before:
        assert child.returncode is None
        await asyncio.sleep(0.05)
    return child


def listeners(port: int) -> int:
    """How many sockets listen on a port, as the kernel lists them."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(fields[1].endswith(f":{port:04X}") and fields[3] == "0A" for fields in lines)


def table(port: int, **values: object) -> dict[str, object]:
    targets = [{"name": "monolith", "url": f"http://127.0.0.1:{port}"}]
    return {"version": 1, "targets": targets, "default": "monolith", **values}


def free_port() -> int:
    from strangler_facade.plane.worker import listening

    with listening("127.0.0.1:0") as sock:
        return int(sock.getsockname()[1])


async def output(*command: str) -> str:
    child = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    return (await child.communicate())[0].decode()


PROXYS_OWN = re.compile(r"\s*(Date|Via|X-Served-By|Connection):|\s*\* One or more intermediaries are present")
"""What differs because there is a proxy, and should: REDbot's own words for Via included."""


@pytest.mark.parametrize("page", ["/page.html", "/moved", "/empty", "/missing"])
def test_redbot_finds_the_same_through_the_facade_as_directly(tmp_path, site, page):
    program = shutil.which("redbot", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    need(program, "redbot (PyPI)")

    async def scenario():
        port = free_port()
        child = await worker(tmp_path, table(site), port)
        reports = []
        for number in (site, port):
            text = await output(program, "-o", "text", f"http://127.0.0.1:{number}{page}")
            lines = [line for line in text.splitlines() if not PROXYS_OWN.match(line)]
            reports.append("\n".join(lines).replace(str(number), "PORT"))
        child.terminate()
        await child.wait()
        assert len(reports[0]) > 100, "REDbot has said nothing"
        assert reports[0] == reports[1]

    asyncio.run(scenario())


@pytest.mark.parametrize("attack", ["-H", "-B", "-X"])
def test_slow_clients_do_not_keep_others_out(tmp_path, site, attack):
    program = shutil.which("slowhttptest")
    need(program, "slowhttptest")

    async def scenario():
        port = free_port()
        child = await worker(tmp_path, table(site), port)
        command = [program, attack, "-c", "400", "-r", "200", "-i", "2", "-l", "12", "-p", "2"]
        text = await output(*command, "-u", f"http://127.0.0.1:{port}/page.html")
        child.terminate()
        await child.wait()
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
        availability = re.findall(r"service available:\s*(\w+)", plain)
        assert availability and set(availability) == {"YES"}, plain[-2000:]

    asyncio.run(scenario())


def test_a_worker_that_is_killed_takes_only_its_own_requests_with_it(tmp_path, site):
    async def scenario():
        port = free_port()
        workers = [await worker(tmp_path, table(site), port) for _ in range(2)]
        outcomes = {"good": 0, "cut": 0}
        stop = asyncio.Event()

        async def client():
            while not stop.is_set():
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                with contextlib.suppress(ConnectionError):
                    while not stop.is_set():
                        writer.write(b"HEAD /page.html HTTP/1.1\r\nHost: a\r\n\r\n")
                        try:
                            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
                        except asyncio.IncompleteReadError:
                            outcomes["cut"] += 1
                            break
                        outcomes["good"] += 1
                writer.close()

        clients = [asyncio.create_task(client()) for _ in range(16)]
        while outcomes["good"] < 500:
            await asyncio.sleep(0.01)
        workers[0].send_signal(signal.SIGKILL)
        await workers[0].wait()
        after = outcomes["good"]
        while outcomes["good"] < after + 500:
            await asyncio.sleep(0.01)
        stop.set()
        await asyncio.gather(*clients)
        assert outcomes["cut"] <= 16
        workers[1].terminate()
        assert await workers[1].wait() == 0

    asyncio.run(asyncio.wait_for(scenario(), 60))
