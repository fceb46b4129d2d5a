"""The comparing process: takes shadow records from the workers, tells the control plane what they amount to.

``python -m strangler_facade.shadow --listen SOCKET --channel SOCKET``; ends when the control plane's channel does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from pathlib import Path

from strangler_facade.channel import ChannelError, Decoder, encode
from strangler_facade.shadow.findings import Findings

_REPORT_SECONDS = 0.2


async def serve(listen: Path, channel: Path) -> None:
    """Compare until the channel closes."""
    findings = Findings()
    listen.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(lambda r, w: _take(findings, r, w), path=listen)
    listen.chmod(0o600)
    reader, writer = await asyncio.open_unix_connection(channel)
    writer.write(encode({"type": "comparing", "pid": os.getpid()}))
    report = asyncio.create_task(_report(findings, writer))
    with contextlib.suppress(ConnectionError):
        while await reader.read(4096):
            pass
    report.cancel()
    server.close()


async def _take(findings: Findings, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    decoder = Decoder()
    try:
        while data := await reader.read(1 << 18):
            for message in decoder.feed(data):
                if message["type"] == "shadow":
                    findings.take(message)
                    await asyncio.sleep(0)
    except (ChannelError, ConnectionError):
        pass
    finally:
        writer.close()


async def _report(findings: Findings, writer: asyncio.StreamWriter) -> None:
    sent = None
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        seen = sum(route.pairs for route in findings.routes.values())
        if seen != sent:
            writer.write(encode({"type": "differences", "routes": findings.summary(), "dropped": findings.dropped}))
            await writer.drain()
            sent = seen


def main() -> int:
    """Run the process."""
    parser = argparse.ArgumentParser(prog="python -m strangler_facade.shadow")
    parser.add_argument("--listen", type=Path, required=True)
    parser.add_argument("--channel", type=Path, required=True)
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt, OSError):
        os.nice(10)  # comparing must never take the workers' time
        asyncio.run(serve(arguments.listen, arguments.channel))
    return 0


if __name__ == "__main__":
    sys.exit(main())
