"""The shadow process: asks again what workers have answered, compares, tells the control plane what it amounts to.

``python -m strangler_facade.shadow --listen SOCKET --channel SOCKET``; ends when the control plane's channel does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import cast

from strangler_facade.channel import ChannelError, DifferencesMessage, encode
from strangler_facade.loops import loop_factory
from strangler_facade.orders import Orders
from strangler_facade.shadow.findings import Findings
from strangler_facade.shadow.repeat import Repeats

_REPORT_SECONDS = 0.2


class Intake(asyncio.Protocol):
    """A worker's connection: each order is carried out or dropped at once, so that no worker ever waits."""

    def __init__(self, repeats: Repeats) -> None:
        self._repeats, self._orders = repeats, Orders()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A worker is there."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Orders, whole or in part."""
        try:
            for order in self._orders.feed(data):
                self._repeats.take(order)
        except ChannelError:
            if self._transport is not None:
                self._transport.close()


async def serve(listen: Path, channel: Path) -> None:
    """Repeat and compare until the channel closes."""
    loop, findings = asyncio.get_running_loop(), Findings()
    repeats = Repeats(loop, findings.take, findings.doubts)
    listen.unlink(missing_ok=True)
    server = await loop.create_unix_server(lambda: Intake(repeats), path=str(listen))
    listen.chmod(0o600)
    reader, writer = await asyncio.open_unix_connection(str(channel))
    writer.write(encode({"type": "comparing", "pid": os.getpid()}))
    repeats.start()
    report = asyncio.create_task(_report(findings, repeats, writer))
    with contextlib.suppress(ConnectionError):
        while await reader.read(4096):
            pass
    report.cancel()
    server.close()
    repeats.stop()


async def _report(findings: Findings, repeats: Repeats, writer: asyncio.StreamWriter) -> None:
    sent = None
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        counts = {name: repeats.counts[name] for name in ("sent", "dropped", "second_looks")}
        counts["forgotten"] = findings.dropped
        seen = (counts, sum(route.pairs for route in findings.routes.values()))
        if seen != sent:
            found = DifferencesMessage(
                type="differences", routes=findings.summary(), counts=counts, silent=findings.silent
            )
            writer.write(encode(found))
            await writer.drain()
            sent = seen


def main() -> int:
    """Run the process."""
    parser = argparse.ArgumentParser(prog="python -m strangler_facade.shadow")
    parser.add_argument("--listen", type=Path, required=True)
    parser.add_argument("--channel", type=Path, required=True)
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt, OSError), asyncio.Runner(loop_factory=loop_factory()) as runner:
        os.nice(10)  # asking and comparing must never take the workers' time
        runner.run(serve(arguments.listen, arguments.channel))
    return 0


if __name__ == "__main__":
    sys.exit(main())
