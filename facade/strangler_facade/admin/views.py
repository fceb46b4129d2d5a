"""Control plane state → the forms that answers have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from strangler.plan import RoutePattern
from strangler_facade.admin import worries
from strangler_facade.admin.forms import (
    EntryView,
    HolderView,
    MoveView,
    RolloutView,
    ServiceView,
    StateView,
    StatusView,
    TargetView,
)
from strangler_facade.admin.tokens import Holder
from strangler_facade.channel import BOUNDS
from strangler_facade.control.controller import Evidence
from strangler_facade.control.plane import ControlPlane
from strangler_facade.control.store import Entry
from strangler_facade.rollouts.counts import Counts, Reading


def status(control: ControlPlane, who: Holder) -> StatusView:
    """The whole facade, for the holder of a token."""
    controller = control.controller
    workers = [
        {
            "number": message["worker"],
            "pid": message["pid"],
            "version": message["version"],
            "healthy": dict(message["healthy"]),
            "breakers": dict(message["breakers"]),
            "gauges": dict(message["gauges"]),
        }
        for message in control.tallies.workers()
    ]
    return StatusView(
        you=HolderView.model_validate({"name": who.name, "role": who.role.name.lower()}),
        version=controller.version,
        monolith=controller.routes.monolith,
        services=[service(control, name) for name in sorted(controller.routes.rules)],
        workers=workers,
        owed_entries=controller.owed,
        warnings=list(worries.of_facade(control)),
    )


def service(control: ControlPlane, name: str) -> ServiceView:
    """One service."""
    controller = control.controller
    position, rules = controller.position(name), controller.routes.rules[name]
    window = control.watch.window(name) or Reading()
    evidence = controller.store.documents("evidence").get(name) or asdict(Evidence())
    return ServiceView(
        name=name,
        stage=controller.stage(name),
        weight=position.weight,
        mirrored=position.mirrored,
        calls=position.calls,
        data=position.data,
        upstream=rules.upstream,
        routes=[described(route) for route in rules.routes],
        revision=controller.revision(name),
        seconds=round(window.at, 3),
        service=_target(window.service),
        monolith=_target(window.monolith),
        shadowed=window.shadowed,
        unanswered=window.unanswered,
        compared=window.compared,
        differing=window.differing,
        moved_on=window.moved_on,
        rollout=_rollout(control, name),
        evidence=evidence,
        moved=_moved(control, name),
        warnings=list(worries.of_service(control, name, window)),
    )


def described(route: RoutePattern) -> str:
    """A route in one line: methods, path, and the names of what else it asks."""
    asked = [f"{name}: {', '.join(found)}" for name in _ASKED if (found := getattr(route, name))]
    return f"{' '.join(route.methods or ())} {route.path} {'; '.join(asked)}".strip()


_ASKED = ("hosts", "headers", "cookies", "query", "claims", "tenants", "clients")


def _moved(control: ControlPlane, name: str) -> MoveView | None:
    """The last move of the service, by whomever."""
    for line in control.controller.store.entries(service=name, limit=_ENTRIES_LOOKED_AT):
        if line.version is not None:
            return MoveView(at=line.at, actor=line.actor, action=line.action, reason=line.reason)
    return None


_ENTRIES_LOOKED_AT = 20  # the newest; a rollout adds a few without a version after each move


def _target(counts: Counts) -> TargetView:
    return TargetView(
        requests=counts.requests,
        failures=counts.failures,
        p50_ms=percentile(counts.buckets, 0.5),
        p99_ms=percentile(counts.buckets, 0.99),
    )


def percentile(buckets: Sequence[int], share: float) -> float | None:
    """The upper bound, in milliseconds, of the latency bucket in which this share of the answers is reached."""
    answers, seen = sum(buckets), 0
    if not answers:
        return None
    for bound, here in zip(BOUNDS, buckets, strict=False):
        seen += here
        if seen >= share * answers:
            return round(bound * 1000, 3)
    return round(BOUNDS[-1] * 1000, 3)


def _rollout(control: ControlPlane, name: str) -> RolloutView | None:
    progress = control.pilot.progress(name)
    if progress is None:
        return None
    policy = control.pilot.policy(name)
    return RolloutView(
        status=progress.status,
        step=progress.step,
        steps=list(policy.steps),
        baked=round(progress.baked, 1),
        bake=policy.bake,
        reason=progress.reason,
    )


def state(control: ControlPlane, name: str) -> StateView:
    """What a client of the service needs."""
    controller = control.controller
    position = controller.position(name)
    return StateView(
        service=name,
        version=controller.version,
        stage=controller.stage(name),
        weight=position.weight,
        mirrored=position.mirrored,
        calls=position.calls,
        salt=controller.routes.salt,
        sticky=dict(controller.routes.sticky),
    )


def entry(line: Entry) -> EntryView:
    """One line of the audit log."""
    return EntryView(
        seq=line.seq,
        at=line.at,
        actor=line.actor,
        action=line.action,
        service=line.service,
        reason=line.reason,
        version=line.version,
        detail=dict(line.detail),
    )
