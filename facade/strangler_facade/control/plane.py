"""Puts the parts of the control plane together and keeps their clockwork going."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strangler.plan import Plan
from strangler_facade.control.controller import Controller
from strangler_facade.control.exports import metrics, spans
from strangler_facade.control.exports.collector import Collector, sampled_share
from strangler_facade.control.exports.metrics import MetricsExporter
from strangler_facade.control.exports.spans import SpanExporter
from strangler_facade.control.exports.usage import UsageExport
from strangler_facade.control.exports.webhooks import Webhooks
from strangler_facade.control.pilot import Pilot
from strangler_facade.control.places import socket_path
from strangler_facade.control.store import Store
from strangler_facade.control.supervisor import Ears, Plane, Supervisor, WorkerSettings
from strangler_facade.control.tallies import Tallies
from strangler_facade.control.watch import Watch
from strangler_facade.sessions import Claims, bridge, nobody, obstacle
from strangler_facade.sessions.settings import identity_config

_SHORTEST_TICK, _LONGEST_TICK = 0.05, 1.0
_PATIENCE_SECONDS = 5.0
_SESSIONS_SECONDS = 10.0


@dataclass(frozen=True)
class Settings:
    """What one facade runs with; ``drain`` is how long open requests get at the end, in seconds."""

    plan: Plan
    state: Path
    listen: str
    workers: int = 2
    drain: float = 10.0
    extra: tuple[str, ...] = ()


class ControlPlane:
    """Controller, workers, shadow process, gates and rollouts of one facade."""

    def __init__(self, settings: Settings, *, on_note: Callable[[str], None], plane: Plane | None = None) -> None:
        """Open the state and take the plan; nothing is started yet. Tables go to ``plane`` (default: own workers).

        Raises:
            StranglerError: the state or the plan cannot be used.
        """
        self._settings, self._on_note = settings, on_note
        self.tallies = Tallies()
        self._shadow_socket = socket_path(settings.state, "shadow")
        self._figures = Collector("metrics", os.environ, on_note=on_note)
        self._traces = Collector("traces", os.environ, on_note=on_note)
        self.spans = SpanExporter(self._traces)
        extra = ("--shadow", str(self._shadow_socket), *self._spans_wanted(), *settings.extra)
        worker_settings = WorkerSettings(settings.listen, settings.workers, extra)
        self._usage = UsageExport(settings.plan.facade.usage, settings.state, on_note=on_note)
        ears = Ears(self._receive, self.tallies.lost, self.tallies.adopted, on_note, self._usage.take)
        self.supervisor = Supervisor(worker_settings, settings.state, ears)
        self.controller = Controller(Store(settings.state / "facade.sqlite3"), settings.plan, plane or self.supervisor)
        self.altered_entry = self.controller.store.broken_link()
        self.webhooks = Webhooks(on_note=on_note)
        self.pilot = Pilot(self.controller, self.webhooks, on_note=on_note)
        self.watch = Watch(self.controller, self.pilot, self.tallies, on_note=on_note)
        self.claims_of: Claims = nobody
        self.sessions_obstacle: str | None = None
        self._identity: dict[str, Any] | None = None
        self._counted, self._comparing = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def _spans_wanted(self) -> tuple[str, ...]:
        return ("--spans", f"{sampled_share(os.environ):g}") if self._traces.is_on else ()

    @property
    def wanted_workers(self) -> int:
        """How many workers there should be."""
        return self._settings.workers

    async def start(self) -> None:
        """Start the workers and the clockwork; returns when customers are served."""
        self._settings.state.mkdir(parents=True, exist_ok=True)
        identity = self._identify(self._settings.plan)
        await self._look_at_sessions()
        await self.supervisor.open(self.controller.version, self.controller.table(), identity)
        self._tasks = [asyncio.create_task(self._compare())]
        # Before the workers, who look for it when they begin and then only now and then: what they mirror until they
        # have found it is lost. Without it all that is lost, but no customer.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._comparing.wait(), _PATIENCE_SECONDS)
        await self.supervisor.start()
        clockwork = (
            self._tick(),
            self._export_figures(),
            self._export_spans(),
            self._usage.run(),
            self._watch_sessions(),
        )
        self._tasks += [asyncio.create_task(part) for part in clockwork]

    def _identify(self, plan: Plan) -> dict[str, Any] | None:
        identity = identity_config(plan, os.environ, self._settings.state)
        self.claims_of = bridge(identity).claims if identity else nobody
        self._identity = identity
        return identity

    async def _look_at_sessions(self) -> None:
        """Whether sessions can be looked up where they are kept; a note when that has changed for the worse."""
        before, identity = self.sessions_obstacle, self._identity
        self.sessions_obstacle = await asyncio.to_thread(obstacle, identity) if identity else None
        if self.sessions_obstacle and self.sessions_obstacle != before:
            self._on_note(f"warning: sessions cannot be looked up: {self.sessions_obstacle}; every user is anonymous")

    async def _watch_sessions(self) -> None:
        while True:
            await asyncio.sleep(_SESSIONS_SECONDS)
            await self._look_at_sessions()

    def _receive(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "metrics":
            self.tallies.take(message)
            self._counted.set()
        elif message["type"] == "spans":
            self.spans.gather(message["spans"])
        elif message["type"] == "comparing":
            self.watch.comparing_anew()
            self._comparing.set()
        elif message["type"] == "differences":
            self.watch.differences, self.watch.mirrored = message["routes"], message["counts"]
            self.watch.silent = message["silent"]
            self._counted.set()

    async def _tick(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._counted.wait(), _LONGEST_TICK)
            await asyncio.sleep(_SHORTEST_TICK)  # the messages of other workers, so that all are looked at at once
            self._counted.clear()
            try:
                await self.watch.tick(time.monotonic())
            except Exception as error:  # one bad tick must not end the watch over everything else
                self._on_note(f"watching failed: {type(error).__name__}: {error}")
                await asyncio.sleep(_LONGEST_TICK)

    async def _compare(self) -> None:
        """Keep the shadow process alive."""
        while True:
            sockets = ("--listen", str(self._shadow_socket), "--channel", str(self.supervisor.channel))
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", "strangler_facade.shadow", *sockets)
            try:
                await process.wait()
            except asyncio.CancelledError:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()
                raise
            await asyncio.sleep(1.0)

    async def _export_figures(self) -> None:
        exporter = MetricsExporter(self._figures)
        while self._figures.is_on:
            await asyncio.sleep(metrics.PERIOD_SECONDS)
            await exporter.send(self.controller, self.tallies)

    async def _export_spans(self) -> None:
        while self._traces.is_on:
            await asyncio.sleep(spans.PERIOD_SECONDS)
            await self.spans.send()

    async def reload(self, plan: Plan) -> bool:
        """Take a changed plan: its rules, and how sessions are verified; True if its rules have changed.

        Raises:
            StranglerError: it cannot be taken, and nothing has changed.
        """
        identity = self._identify(plan)
        changed = await self.controller.reload(plan)
        self.supervisor.identify(identity)
        await self._look_at_sessions()
        return changed

    async def stop(self) -> None:
        """Drain the workers, then end everything."""
        await self.supervisor.stop(self._settings.drain)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.webhooks.close()
        await self._usage.send()
        self._usage.close()
        if self._traces.is_on:
            await self.spans.send()
        self.controller.store.close()
