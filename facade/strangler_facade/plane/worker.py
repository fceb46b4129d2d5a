"""A worker process: listens, carries out the table it is given, drains when told to."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import signal
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

from strangler.errors import StranglerError
from strangler_facade.loops import loop_factory
from strangler_facade.plane.core import Core
from strangler_facade.plane.limits import Settings
from strangler_facade.plane.link import Link
from strangler_facade.plane.outlet import Outlet
from strangler_facade.plane.records.access import AccessLog
from strangler_facade.plane.spans import Spans
from strangler_facade.plane.tls import server_context
from strangler_facade.serialize import from_json
from strangler_facade.sessions import bridge
from strangler_facade.table import RouteTable, Target


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker until it is told to leave; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except StranglerError as error:
        sys.stderr.write(f"error: {error.message}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="strangler_facade.plane", description="One worker of the facade's data plane."
    )
    parser.add_argument("--listen", required=True, metavar="HOST:PORT")
    parser.add_argument("--channel", metavar="PATH", help="the control plane's socket")
    parser.add_argument("--shadow", metavar="PATH", help="the shadow process's socket; without one nothing is mirrored")
    parser.add_argument("--table", metavar="FILE", help="run alone, with the table in this file (read again on SIGHUP)")
    parser.add_argument("--id", type=int, default=0, metavar="N", help="which worker this is")
    parser.add_argument("--tls-cert", metavar="FILE")
    parser.add_argument("--tls-key", metavar="FILE")
    parser.add_argument("--access-log", metavar="FILE")
    parser.add_argument(
        "--drain", type=float, metavar="SECONDS", help="how long to stay for what is open when told to go"
    )
    parser.add_argument("--spans", type=float, metavar="SHARE", help="report requests as spans; of new traces so many")
    parser.add_argument("--loop", choices=("auto", "uvloop", "asyncio"), default="auto")
    return parser


def _run(options: argparse.Namespace) -> None:
    with asyncio.Runner(loop_factory=loop_factory(options.loop)) as runner:
        runner.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    leave = asyncio.Event()
    settings = Settings() if options.drain is None else Settings(drain=options.drain)
    core = Core(_first_table(options), settings, loop, bridge)
    core.log = AccessLog(options.access_log) if options.access_log else None
    tls = server_context(options.tls_cert, options.tls_key) if options.tls_cert else None
    sock = listening(options.listen)  # what can go wrong here goes wrong before anybody counts on this worker
    link = Link(core, options.channel, options.id, leave.set) if options.channel else None
    if options.shadow:
        core.mirrors.send = Outlet(options.shadow, loop).send
    if link is not None:
        if options.spans is not None:
            core.trace(Spans(options.spans, link.send))
        await link.connect()
        await link.ready.wait()
    _heed_signals(core, options, leave)  # before anybody can see that we are there, and signal
    last = sock.dup()
    server = await loop.create_server(core.client, sock=sock, ssl=tls, backlog=4096)
    core.start()
    gc.freeze()
    await leave.wait()
    server.close()
    await _take_last(last, core, tls)
    core.drain()
    await _drained(core, link.drain_seconds if link else settings.drain)
    await _last_words(core, link)


def _heed_signals(core: Core, options: argparse.Namespace, leave: asyncio.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        core.loop.add_signal_handler(number, leave.set)
    if options.table:
        core.loop.add_signal_handler(signal.SIGHUP, lambda: core.apply(_read(options.table)))
    if core.log is not None:
        core.loop.add_signal_handler(signal.SIGUSR1, core.log.reopen)


async def _last_words(core: Core, link: Link | None) -> None:
    """What was counted and logged since it was last told."""
    if link is not None:
        await link.last_words()
    core.flush()


def _first_table(options: argparse.Namespace) -> RouteTable:
    if options.table:
        return _read(options.table)
    if not options.channel:
        raise StranglerError("a worker needs --channel or --table")
    return RouteTable(version=0, targets=(Target("none", "http://127.0.0.1:9"),), default="none")


def _read(path: str) -> RouteTable:
    try:
        return from_json(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise StranglerError(f"cannot read the table {path}: {error}") from error


def listening(address: str) -> socket.socket:
    """A listening socket that several workers can share.

    Raises:
        StranglerError: the address is malformed or taken.
    """
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((host.strip("[]"), int(port)))
    except (OSError, ValueError) as error:
        sock.close()
        raise StranglerError(f"cannot listen on {address}: {error}") from error
    sock.setblocking(False)
    return sock


async def _take_last(sock: socket.socket, core: Core, tls: ssl.SSLContext | None) -> None:
    """Take the connections the kernel has already accepted for us: closing the socket would reset them."""
    while True:
        try:
            connection, _ = sock.accept()
        except (BlockingIOError, ConnectionError):
            break
        with contextlib.suppress(OSError):
            await core.loop.connect_accepted_socket(core.client, connection, ssl=tls)
    sock.close()


async def _drained(core: Core, seconds: float) -> None:
    """Wait until the last client has gone, at most ``seconds``."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while core.clients:
                await asyncio.sleep(0.05)
