"""Where the workers' socket and port are, and which workers a control plane before us has left."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path

from strangler.errors import StranglerError

_LONGEST_SOCKET_PATH = 100


def require_free(address: str) -> None:
    """Make sure that nobody else listens at ``address``; workers share it, so they would not notice each by itself.

    Raises:
        StranglerError: somebody does, or there is no such address here.
    """
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            message = f"cannot listen on {address}: {(error.strerror or str(error)).lower()}"
            raise StranglerError(message, hint="give it another address: --listen HOST:PORT") from error


def socket_path(state: Path, name: str) -> Path:
    """Where a local socket of this state directory is, the same at every start.

    Inside it, or, where that makes too long a path for a socket, in a folder of ours below the temporary one.

    Raises:
        StranglerError: somebody else owns that folder.
    """
    path = state.resolve() / name
    if len(str(path).encode()) <= _LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"strangler-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise StranglerError(f"{folder} is not ours", hint="use a shorter --state path")
    return folder / name


def record_workers(state: Path, pids: list[int]) -> None:
    """Note who works, for the control plane after us."""
    with contextlib.suppress(OSError):  # on a full disk the workers are only not taken over next time
        (state / "workers").write_text("".join(f"{pid}\n" for pid in sorted(pids)))


def recorded_workers(state: Path, arguments: Sequence[str]) -> tuple[list[int], list[int]]:
    """The workers noted last that are still alive: those that were started with ``arguments``, and all others."""
    try:
        noted = [int(line) for line in (state / "workers").read_text().split()]
    except (OSError, ValueError):
        return [], []
    alive = {pid: found for pid in noted if (found := _arguments(pid)) is not None}
    fitting = [pid for pid, found in alive.items() if found == list(arguments)]
    return fitting, [pid for pid in alive if pid not in fitting]


def _arguments(pid: int) -> list[str] | None:
    """What a worker was started with, but for its number; None if the process is gone, or is no worker."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1]
        begin = command.index("strangler_facade.plane") + 1
        number = command.index("--id", begin)
    except (OSError, ValueError):
        return None
    return command[begin:number] + command[number + 2 :]


def end(pid: int) -> None:
    """Ask a process to leave."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
