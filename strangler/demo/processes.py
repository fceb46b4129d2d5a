"""The servers of the demonstration: started together, stopped together, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx

from strangler.errors import StranglerError

_READY_SECONDS = 30.0
_STOP_SECONDS = 8.0


def free_address() -> str:
    """A loopback ``HOST:PORT`` on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@dataclass(frozen=True)
class Program:
    """How a server is started, and the URL that answers 200 once it is ready."""

    name: str
    command: Sequence[str]
    directory: Path
    environment: Mapping[str, str]
    ready: str


class Processes:
    """Running programs by name; leaving the context stops them all, the last started first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for name in reversed(list(self._running)):
            self.stop(name)

    def start(self, program: Program) -> None:
        """Start ``program`` and wait until it is ready.

        Raises:
            StranglerError: it ended, or did not become ready in time; the message holds its last words.
        """
        process = self.spawn(program.name, program.command, program.directory, program.environment)
        give_up = time.monotonic() + _READY_SECONDS
        while not _answers(program.ready):
            if process.poll() is not None or time.monotonic() > give_up:
                raise StranglerError(f"{program.name} did not start:\n{self.last_words(program.name)}")
            time.sleep(0.05)

    def spawn(
        self, name: str, command: Sequence[str], directory: Path, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own (so ctrl-C reaches only us), its words in a log file."""
        with (self._logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=directory,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running[name] = process
        return process

    def kill(self, name: str) -> None:
        """End a program without warning (SIGKILL), as a crash would."""
        _signal(self._running[name], signal.SIGKILL)
        self._running.pop(name).wait()

    def stop(self, name: str) -> None:
        """Ask a program to end, and end it if it does not."""
        process = self._running.pop(name)
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
        _signal(process, signal.SIGKILL)  # whoever of its group is left
        process.wait()

    def last_words(self, name: str) -> str:
        """The end of a program's log."""
        lines = (self._logs / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-15:])


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0).status_code == 200
    except httpx.HTTPError:
        return False
