"""The worker's end of the channel, with a real worker process at it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

from strangler_facade.channel import Decoder, encode
from strangler_facade.plane.worker import listening
from strangler_facade.serialize import to_json
from strangler_facade.table import RouteTable, Target


class Control:
    """The control plane's end of the channel."""

    def __init__(self, path):
        self.path = str(path)
        self.messages = []
        self.arrived = asyncio.Event()
        self.writer = None

    async def start(self):
        self.server = await asyncio.start_unix_server(self._serve, self.path)

    async def _serve(self, reader, writer):
        self.writer, decoder = writer, Decoder()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                self.messages += decoder.feed(data)
                self.arrived.set()
        writer.close()

    async def wait(self, kind, test=lambda message: True):
        while True:
            for message in self.messages:
                if message["type"] == kind and test(message):
                    return message
            self.arrived.clear()
            await self.arrived.wait()

    def send(self, **message):
        self.writer.write(encode(message))

    async def stop(self):
        self.server.close()
        if self.writer is not None:
            self.writer.close()


async def start_worker(*options):
    port = free_port()
    command = [sys.executable, "-m", "strangler_facade.plane", "--listen", f"127.0.0.1:{port}", *options]
    return await asyncio.create_subprocess_exec(*command), port


def free_port():
    with listening("127.0.0.1:0") as sock:
        return sock.getsockname()[1]


async def ask(port):
    while True:
        with contextlib.suppress(ConnectionError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            break
        await asyncio.sleep(0.05)
    writer.write(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
    answer = await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(2)
    writer.close()
    return answer


def table(port, version=1):
    return to_json(RouteTable(version, (Target("monolith", f"http://localhost:{port}"),), "monolith"))


def test_a_worker_lives_by_its_channel_and_outlives_it(lab, tmp_path):
    async def scenario():
        control = Control(tmp_path / "channel")
        await control.start()
        await lab.monolith.start()
        child, port = await start_worker("--channel", control.path, "--id", "3")
        hello = await control.wait("hello")
        assert (hello["worker"], hello["pid"]) == (3, child.pid)
        control.send(type="table", version=1, table=table(lab.monolith.port))
        await control.wait("applied")
        assert b"X-Served-By: monolith" in await ask(port)
        figures = await control.wait("metrics", lambda message: message["tallies"])
        (tally,) = figures["tallies"]
        assert (tally["route"], tally["target"], tally["requests"], tally["statuses"][2]) == (
            "default",
            "monolith",
            1,
            1,
        )
        assert sum(tally["buckets"]) == 1 and figures["breakers"] == {"monolith": "closed"}

        control.send(type="table", version=2, table={"version": 2, "targets": [], "default": "gone"})
        assert "gone" in (await control.wait("refused"))["reason"]
        assert (await ask(port)).endswith(b"ok")

        await control.stop()
        assert (await ask(port)).endswith(b"ok")
        Path(control.path).unlink(missing_ok=True)  # from 3.13 on the server takes it away itself
        control = Control(control.path)
        await control.start()
        await control.wait("hello")
        control.send(type="table", version=5, table=table(lab.monolith.port, 5))
        await control.wait("applied", lambda message: message["version"] == 5)
        control.send(type="drain", seconds=5)
        assert await child.wait() == 0
        await control.stop()
        await lab.monolith.stop()

    asyncio.run(asyncio.wait_for(scenario(), 40))
