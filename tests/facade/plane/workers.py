"""Worker processes for the tests that start real ones."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys

from strangler_facade.plane.worker import listening
from strangler_facade.serialize import to_json
from strangler_facade.table import RouteTable, Target

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"


async def start_worker(*options, **values):
    port = free_port()
    command = [sys.executable, "-m", "strangler_facade.plane", "--listen", f"127.0.0.1:{port}", *options]
    child = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE, **values)
    return child, port


def free_port():
    with listening("127.0.0.1:0") as sock:
        return sock.getsockname()[1]


async def ask(port, data=GET, tls=None):
    while True:
        with contextlib.suppress(ConnectionError):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=tls, server_hostname="localhost" if tls else None
            )
            break
        await asyncio.sleep(0.05)
    writer.write(data)
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(2)
    writer.close()
    return head + body


def table(port, version=1, scheme="http", **values):
    return to_json(RouteTable(version, (Target("monolith", f"{scheme}://localhost:{port}", **values),), "monolith"))
