"""Keeps N workers alive on one port: starts, adopts, restarts and drains them, and carries tables to all.

Workers outlive a killed control plane: they keep routing by the table they have and knock at the channel until a new
one answers, which takes them over instead of starting others.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

from strangler.errors import StranglerError
from strangler_facade.channel import (
    ChannelError,
    ConfirmedMessage,
    Decoder,
    DrainMessage,
    IdentityMessage,
    TableMessage,
    UsageMessage,
    encode,
)
from strangler_facade.control.places import end, record_workers, recorded_workers, require_free, socket_path

_ADOPTION_SECONDS = 15.0
_DRAIN_SECONDS = 10.0
_CANNOT = 2
"""The exit status of a worker that trouble of the user's keeps from starting; trying again would not help."""
_RESTART_PAUSES = (0.0, 0.2, 1.0, 5.0)


class Plane(Protocol):
    """What the controller needs of the data plane: take a table everywhere, say when it holds."""

    async def apply(self, version: int, table: Mapping[str, Any]) -> None:
        """Return when every live worker decides by this version (or has been replaced)."""


@dataclass
class _Worker:
    number: int
    pid: int
    writer: asyncio.StreamWriter
    version: int = 0
    applied: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class WorkerSettings:
    """How workers are started; ``extra`` goes to each as it is."""

    listen: str
    workers: int = 2
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ears:
    """Who is told what: a worker's message, its process id when it is gone or was taken over, and notes for people."""

    message: Callable[[Mapping[str, Any]], None]
    lost: Callable[[int], None]
    adopted: Callable[[int], None]
    note: Callable[[str], None]
    usage: Callable[[UsageMessage], bool] = lambda message: True
    """Whether a worker's counts are written down, so that it may forget them."""


class Supervisor:
    """The workers of one facade, as a ``Plane``."""

    def __init__(self, settings: WorkerSettings, state: Path, ears: Ears) -> None:
        self._settings, self._state, self._ears = settings, state, ears
        self._seen: set[int] = set()
        self._workers: dict[int, _Worker] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._current: tuple[int, Mapping[str, Any]] | None = None
        self._identity: Mapping[str, Any] | None = None
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._stopping = False
        self.channel = socket_path(state, "channel")

    async def open(self, version: int, table: Mapping[str, Any], identity: Mapping[str, Any] | None = None) -> None:
        """Open the channel; workers that a killed control plane left begin to connect, and are told this table."""
        self._current, self._identity = (version, table), identity
        self.channel.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._connected, path=self.channel)
        self.channel.chmod(0o600)

    async def start(self) -> None:
        """Take over living workers, start the missing ones, and wait until all route.

        Raises:
            StranglerError: workers do not come up (the port is taken, most often).
        """
        if not await self._adopt():
            require_free(self._settings.listen)
        self._keepers = [asyncio.create_task(self._keep(number)) for number in range(self._settings.workers)]
        await self._all_up()

    async def _adopt(self) -> bool:
        """Take over the workers of a control plane before us; False if it has left none."""
        alive, others = recorded_workers(self._state, self._arguments())
        for pid in others:  # they listen elsewhere, or log elsewhere: they leave, and new ones come
            end(pid)
        self._seen.update(alive)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._until(lambda: all(self._by_pid(pid) for pid in alive)), _ADOPTION_SECONDS)
        if self._workers:
            self._ears.note(f"took over {len(self._workers)} running workers")
        return bool(alive or others)

    def _by_pid(self, pid: int) -> _Worker | None:
        return next((worker for worker in self._workers.values() if worker.pid == pid), None)

    async def _all_up(self) -> None:
        up = asyncio.create_task(self._until(lambda: len(self._routing()) >= self._settings.workers))
        done, _ = await asyncio.wait([up, *self._keepers], timeout=20, return_when=asyncio.FIRST_COMPLETED)
        if up not in done:
            up.cancel()
            for keeper in self._keepers:
                if keeper.done():
                    keeper.result()
            raise StranglerError("the facade's workers do not come up", hint="look at what they wrote to stderr")

    def _routing(self) -> list[_Worker]:
        return [worker for worker in self._workers.values() if worker.applied.is_set()]

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(condition)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _keep(self, number: int) -> None:
        """Start worker ``number`` whenever it is not there."""
        failures = 0
        while not self._stopping:
            if number in self._workers:
                await self._until(lambda: number not in self._workers)
                continue
            await asyncio.sleep(_RESTART_PAUSES[min(failures, len(_RESTART_PAUSES) - 1)])
            status = await self._run(number)
            if status == _CANNOT and not self._workers and self._current is not None:
                raise StranglerError(f"worker {number} cannot start", hint="it says why, above")
            failures = failures + 1 if status and number not in self._workers else 0
            if failures > len(_RESTART_PAUSES) and self._current is not None and not self._workers:
                raise StranglerError(f"worker {number} ends again and again (exit {status})", hint="is the port free?")

    def _arguments(self) -> list[str]:
        """What every worker is started with."""
        return ["--channel", str(self.channel), "--listen", self._settings.listen, *self._settings.extra]

    async def _run(self, number: int) -> int:
        arguments = [*self._arguments(), "--id", str(number)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "strangler_facade.plane", *arguments, start_new_session=True
        )
        self._ears.note(f"worker {number} started (pid {process.pid})")
        status = await process.wait()
        if not self._stopping:
            self._ears.note(f"worker {number} (pid {process.pid}) ended with {status}; starting another")
            await self._forget(number, process.pid)
        return status

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder, worker = Decoder(), None
        try:
            while data := await reader.read(1 << 18):
                for message in decoder.feed(data):
                    worker = await self._receive(worker, message, writer)
        except (ChannelError, ConnectionError) as error:
            self._ears.note(f"a worker's channel broke: {error}")
        finally:
            writer.close()
            if worker is not None:
                await self._forget(worker.number, worker.pid)

    async def _receive(
        self, worker: _Worker | None, message: Mapping[str, Any], writer: asyncio.StreamWriter
    ) -> _Worker | None:
        kind = message["type"]
        if kind == "hello":
            return await self._welcome(message, writer)
        if kind == "applied" and worker is not None:
            worker.version = message["version"]
            if self._current is not None and worker.version >= self._current[0]:
                worker.applied.set()
                await self._notify()
        elif kind == "refused":
            self._ears.note(f"worker refused version {message['version']}: {message['reason']}")
        elif kind == "usage":
            if self._ears.usage(cast(UsageMessage, message)):
                writer.write(encode(ConfirmedMessage(type="confirmed", number=message["number"])))
        else:
            self._ears.message(message)
        return worker

    async def _welcome(self, message: Mapping[str, Any], writer: asyncio.StreamWriter) -> _Worker | None:
        worker = _Worker(message["worker"], message["pid"], writer)
        if not self._is_wanted(worker):
            self._ears.note(f"worker {worker.number} (pid {worker.pid}) is one too many and leaves")
            writer.write(encode(DrainMessage(type="drain", seconds=_DRAIN_SECONDS)))
            return None
        self._workers[worker.number] = worker
        if worker.pid in self._seen:
            self._ears.adopted(worker.pid)
        self._seen.add(worker.pid)
        record_workers(self._state, [each.pid for each in self._workers.values()])
        if self._identity is not None:
            writer.write(encode(IdentityMessage(type="identity", config=self._identity)))
        if self._current is not None:
            writer.write(_table_message(*self._current))
        await self._notify()
        return worker

    def _is_wanted(self, worker: _Worker) -> bool:
        """Whether a worker's number is one of ours, and free."""
        there = self._workers.get(worker.number)
        return worker.number < self._settings.workers and (there is None or there.pid == worker.pid)

    async def _forget(self, number: int, pid: int) -> None:
        worker = self._workers.get(number)
        if worker is not None and worker.pid == pid:
            del self._workers[number]
            self._ears.lost(pid)
            await self._notify()

    def identify(self, identity: Mapping[str, Any] | None) -> None:
        """Let every worker verify sessions by another configuration; without one they keep what they have."""
        if identity is not None and identity != self._identity:
            self._identity = identity
            for worker in self._workers.values():
                worker.writer.write(encode(IdentityMessage(type="identity", config=identity)))

    async def apply(self, version: int, table: Mapping[str, Any]) -> None:
        """Send the table to every worker and wait until each decides by it, or is gone; at most 5 s."""
        self._current = (version, table)
        message = _table_message(version, table)
        waiting = list(self._workers.values())
        for worker in waiting:
            worker.applied.clear()
            worker.writer.write(message)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._until(lambda: all(self._holds(worker) for worker in waiting)), 5.0)
        for worker in waiting:
            if not self._holds(worker):
                self._ears.note(f"worker {worker.number} does not take version {version}; replacing it")
                end(worker.pid)

    def _holds(self, worker: _Worker) -> bool:
        return worker.applied.is_set() or self._workers.get(worker.number) is not worker

    async def stop(self, seconds: float) -> None:
        """Drain: no new connections, what has begun ends, then the workers leave; at most ``seconds``."""
        self._stopping = True
        for worker in self._workers.values():
            worker.writer.write(encode(DrainMessage(type="drain", seconds=seconds)))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._until(lambda: not self._workers), seconds + 2)
        for worker in list(self._workers.values()):
            end(worker.pid)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        self.channel.unlink(missing_ok=True)
        (self._state / "workers").unlink(missing_ok=True)

    @property
    def pids(self) -> dict[int, int]:
        """Worker number → process id."""
        return {number: worker.pid for number, worker in sorted(self._workers.items())}


def _table_message(version: int, table: Mapping[str, Any]) -> bytes:
    return encode(TableMessage(type="table", version=version, table=table))
