"""Runs inside a network namespace: ``serve`` answers on the ports, ``ask`` says which targets answered."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import cast

_DEADLINE = 0.8  # a dropped packet has no answer: this is how long we wait for one


class _Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._transport.sendto(data, addr)


class _Asker(asyncio.DatagramProtocol):
    def __init__(self, answered: asyncio.Future[bool]) -> None:
        self._answered = answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.DatagramTransport, transport).sendto(b"?")

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self._answered.done():
            self._answered.set_result(True)


async def _serve(probes: list[tuple[str, int]]) -> None:
    loop = asyncio.get_running_loop()
    for protocol, port in probes:
        if protocol == "TCP":
            await asyncio.start_server(lambda _, writer: writer.close(), "0.0.0.0", port)
        else:
            await loop.create_datagram_endpoint(_Echo, ("0.0.0.0", port))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def _ask(ip: str, protocol: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_DEADLINE):
            if protocol == "TCP":
                _, writer = await asyncio.open_connection(ip, port)
                writer.close()
                return True
            answered = asyncio.get_running_loop().create_future()
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Asker(answered), remote_addr=(ip, port))
            return bool(await answered)
    except TimeoutError:
        return False


async def _ask_all(questions: list[tuple[str, str, int]]) -> None:
    answers = await asyncio.gather(*(_ask(*question) for question in questions))
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    _argument = json.loads(sys.argv[2])
    asyncio.run(_serve(_argument) if sys.argv[1] == "serve" else _ask_all(_argument))
