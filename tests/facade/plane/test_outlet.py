from __future__ import annotations

import asyncio

from strangler_facade.plane.outlet import Outlet


def test_bytes_go_to_whoever_listens_and_are_refused_while_nobody_does(run, tmp_path):
    async def scenario():
        got, arrived, finished = bytearray(), asyncio.Event(), asyncio.Event()

        async def serve(reader, writer):
            while data := await reader.read(65536):
                got.extend(data)
                arrived.set()
            writer.close()
            await writer.wait_closed()
            finished.set()

        path = str(tmp_path / "shadow")
        outlet = Outlet(path, asyncio.get_running_loop())
        assert not outlet.send(b"lost")
        server = await asyncio.start_unix_server(serve, path)
        while not outlet.send(b"there"):
            await asyncio.sleep(0.05)
        await arrived.wait()
        assert got == b"there"
        outlet.close()
        await finished.wait()
        server.close()

    run(scenario())


def test_a_listener_that_does_not_read_costs_a_bounded_number_of_bytes(run, tmp_path):
    async def scenario():
        release = asyncio.Event()

        async def serve(reader, writer):
            reader._transport.pause_reading()
            await release.wait()
            writer.close()

        path, piece = str(tmp_path / "shadow"), b"x" * (1 << 20)
        server = await asyncio.start_unix_server(serve, path)
        outlet, taken = Outlet(path, asyncio.get_running_loop()), 0
        while not outlet.send(b""):
            await asyncio.sleep(0.01)
        while outlet.send(piece):
            taken += 1
            assert taken < 64
            await asyncio.sleep(0)
        assert 8 <= taken <= 16
        outlet.close()
        release.set()
        server.close()

    run(scenario())
