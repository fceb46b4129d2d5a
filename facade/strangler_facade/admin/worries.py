"""What somebody should know before they trust what they see: sentences for people, none when all is well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from strangler.model import Stage
from strangler_facade.control.compile import MONOLITH, sticky_keys
from strangler_facade.control.plane import ControlPlane
from strangler_facade.control.reach import unanswering
from strangler_facade.control.routeset import RouteSet
from strangler_facade.rollouts.counts import Reading

_FEW, _SILENCE_SECONDS = 20, 3600


def of_facade(control: ControlPlane) -> Iterator[str]:
    """What is wrong with the facade itself, or with the monolith behind it."""
    workers = control.tallies.workers()
    yield from _target(MONOLITH, workers, "its requests are tried all the same")
    if len(control.supervisor.pids) < control.wanted_workers:
        yield f"only {len(control.supervisor.pids)} of {control.wanted_workers} workers are there"
    if control.sessions_obstacle:
        hint = "see facade.session.database_env of the plan"
        yield f"sessions cannot be looked up: {control.sessions_obstacle}; every user is anonymous; {hint}"
    if control.altered_entry is not None:
        yield f"entry {control.altered_entry} of the history is not as it was written: somebody changed the state file"
    if control.controller.owed:
        yield f"the disk is full: {control.controller.owed} entries of the history wait for room"
    lost = sum(int(message["gauges"].get("access_log_lost", 0)) for message in workers)
    if lost:
        yield f"{lost} lines of the access log could not be written"


def of_service(control: ControlPlane, name: str, window: Reading) -> Iterator[str]:
    """What is wrong with a service, or with how its users are split."""
    routes = control.controller.routes
    falls_back = routes.positions[name].stage in (Stage.CANARY, Stage.LIVE)
    effect = "safe requests and unsent ones fall back" if falls_back else "nothing depends on it now"
    yield from _target(name, control.tallies.workers(), effect)
    yield from _silence(control, name, window)
    yield from _split(name, window, routes)


def _target(name: str, workers: Sequence[Mapping[str, Any]], effect: str) -> Iterator[str]:
    resting = sum(message["breakers"].get(name, "closed") != "closed" for message in workers)
    if resting:
        yield f"{name} does not answer, as {resting} of {len(workers)} workers see it; {effect}"
    ill = sum(not message["healthy"].get(name, True) for message in workers)
    if ill:
        yield f"{name} fails its health check, as {ill} of {len(workers)} workers see it; {effect}"


def _silence(control: ControlPlane, name: str, window: Reading) -> Iterator[str]:
    routes, silent = control.controller.routes, min(control.watch.silent.get(name, 0), window.unanswered)
    if silent and routes.positions[name].mirrored:
        last = "the last mirrored request" if silent == 1 else f"the last {silent} mirrored requests"
        yield unanswering(name, routes.rules[name].upstream or "", f"{last} got no answer")


def _split(name: str, window: Reading, routes: RouteSet) -> Iterator[str]:
    split = window.service.requests + window.monolith.requests
    if split >= _FEW and window.keyless * 2 > split:
        keys = ", ".join(f"{key.kind} '{key.name}'" if key.name else key.kind for key in sticky_keys(routes.sticky))
        yield (
            f"{window.keyless / split:.0%} of {name}'s requests carry none of the sticky keys"
            f" ({keys or 'none is set'}); these users stay at the monolith; see facade.sticky in the plan"
        )
    if routes.positions[name].stage is Stage.LIVE and not window.service.requests and window.at > _SILENCE_SECONDS:
        yield f"{name} is live, but has had no request for {window.at:.0f} s"
