from __future__ import annotations

import asyncio

from strangler_facade.channel import Decoder
from strangler_facade.plane.outlet import Outlet


def test_messages_go_to_whoever_listens_and_are_refused_while_nobody_does(run, tmp_path):
    async def scenario():
        got, arrived, finished = [], asyncio.Event(), asyncio.Event()

        async def serve(reader, writer):
            decoder = Decoder()
            while data := await reader.read(65536):
                got.extend(decoder.feed(data))
                arrived.set()
            writer.close()
            await writer.wait_closed()
            finished.set()

        path = str(tmp_path / "shadow")
        outlet = Outlet(path, asyncio.get_running_loop())
        assert not outlet.send({"type": "x"})
        server = await asyncio.start_unix_server(serve, path)
        while not outlet.send({"type": "x", "n": 1}):
            await asyncio.sleep(0.05)
        await arrived.wait()
        assert got == [{"type": "x", "n": 1}]
        outlet.close()
        await finished.wait()
        server.close()

    run(scenario())
