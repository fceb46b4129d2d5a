"""``run``: one facade from start to end, in the foreground."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from strangler.errors import StranglerError
from strangler.plan import Plan, load
from strangler_facade.admin.app import create_app
from strangler_facade.admin.serve import AdminServer
from strangler_facade.admin.tokens import Tokens
from strangler_facade.control.plane import ControlPlane, Settings

_WATCH_SECONDS = 1.0


@dataclass(frozen=True)
class RunOptions:
    """What ``strangler facade run`` was told; ``watch`` is the plan file to follow, if it is to be followed."""

    plan: Plan
    state: Path
    listen: str
    admin: str
    workers: int = 2
    watch: Path | None = None
    drain: float = 10.0
    extra: tuple[str, ...] = ()


def run(options: RunOptions, *, on_note: Callable[[str], None], on_ready: Callable[[str, str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then drain.

    Args:
        options: what to serve, and where.
        on_note: is told what happens, in a sentence.
        on_ready: is called once with the addresses of listen and admin, when customers are served.

    Raises:
        StranglerError: it cannot start.
    """
    asyncio.run(_serve(options, on_note, on_ready))


async def _serve(options: RunOptions, on_note: Callable[[str], None], on_ready: Callable[[str, str], None]) -> None:
    options.state.mkdir(parents=True, exist_ok=True)
    options.state.chmod(0o700)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tokens = Tokens(options.state)
    tokens.prepare()
    settings = Settings(options.plan, options.state, options.listen, options.workers, options.drain, options.extra)
    control = ControlPlane(settings, on_note=on_note)
    admin = AdminServer(create_app(control, tokens), options.admin)
    try:
        await control.start()
        admin.start()
        on_ready(options.listen, admin.address)
        follower = asyncio.create_task(_follow(options.watch, control, on_note)) if options.watch else None
        await stop.wait()
        if follower is not None:
            follower.cancel()
    finally:
        await admin.stop()
        await control.stop()


async def _follow(path: Path, control: ControlPlane, on_note: Callable[[str], None]) -> None:
    """Take the plan again whenever its file changes; a plan with mistakes is reported and the old one stays."""
    seen = _stamp(path)
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        now = _stamp(path)
        if now == seen or now is None:
            continue
        seen = now
        try:
            changed = await control.reload(load(path))
            on_note(f"{path}: new rules are in force" if changed else f"{path} changed, but not its rules")
        except StranglerError as error:
            on_note(f"{path} is not taken: {error.message}")


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
