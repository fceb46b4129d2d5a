"""Gathers where each service stands: from the plan, what lies on disk, and the facade if it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import strangler_analyzers as analyzers
import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.facade.group import connect
from strangler.cli.standing.last_check import LastCheck, Tally, last_check
from strangler.cli.standing.step import Situation, next_step
from strangler.errors import StranglerError
from strangler.model import Stage
from strangler.plan import Plan
from strangler_scaffolds import Proven

BASELINE = "strangler-ratchet.json"


@dataclass(frozen=True)
class Standing:
    """One service: ``weight`` and ``data`` are None without a facade, ``crossings`` without a ratchet's baseline.

    ``platform`` is what the last check of the manifests found of it, None if none were checked.
    ``moved``: its code was extracted from the monolith (and was not written by hand), so it owes a proof.
    """

    name: str
    owner: str | None
    stage: Stage
    weight: float | None
    data: str | None
    rollout: str | None
    upstream: str | None
    modules: int
    routes: int
    waived: int
    crossings: int | None
    moved: bool
    proof: Proven | None
    platform: Tally | None
    next: str


@dataclass(frozen=True)
class Migration:
    """The whole of it: every service, whether the facade answers, and what the last ``strangler check`` found."""

    monolith: str
    services: tuple[Standing, ...]
    facade: bool
    checked: LastCheck | None


def gather(session: Session, admin: str | None, state: Path) -> Migration:
    """Where every service of the plan stands; stages come from the facade, without it from what lies on disk."""
    plan, root = session.plan(), session.root
    live, crossings = _live(session, admin, state), _crossings(session.plan_path.parent / BASELINE)
    checked = last_check(session.plan_path.parent)
    around = _Around(live, crossings, checked.platform if checked else {})
    services = tuple(_standing(plan, name, root, around) for name in plan.services)
    return Migration(plan.monolith.name, services, live is not None, checked)


def _live(session: Session, admin: str | None, state: Path) -> Mapping[str, Any] | None:
    """The facade's services by name, None if it does not run, or is another's that does not let us in."""
    try:
        with connect(session, admin, state) as client:
            return {service["name"]: service for service in client.status()["services"]}
    except StranglerError:
        if admin:
            raise
        return None


def _crossings(path: Path) -> Mapping[str, int]:
    """Places that cross, per service, as the ratchet last held them."""
    try:
        baseline = analyzers.read_baseline(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, StranglerError):
        return {}
    return {name: sum(kinds.values()) for name, kinds in baseline.services.items()}


@dataclass(frozen=True)
class _Around:
    """What is known beside the plan, by service: the facade's answer (None: there is none), and what checks left."""

    live: Mapping[str, Any] | None
    crossings: Mapping[str, int]
    platform: Mapping[str, Tally]


def _standing(plan: Plan, name: str, root: Path, around: _Around) -> Standing:
    service, seen = plan.services[name], (around.live or {}).get(name)
    moved = scaffolds.extracted(root, name) is not None
    there = moved or service.image is not None or (root / "services" / name).is_dir()
    stage = Stage(seen["stage"]) if seen and service.upstream else Stage.EXTRACTED if there else Stage.PLANNED
    proof = scaffolds.proven(root, name) if moved else None
    weight, rollout = float(seen["weight"]) if seen else None, _rollout(seen)
    unproven = moved and not (proof and proof.holds and proof.fresh)
    here = Situation(stage, weight or 0.0, around.live is not None, unproven, rollout == "rolled-back")
    return Standing(
        name=name,
        owner=service.owner,
        stage=stage,
        weight=weight,
        data=seen["data"] if seen else None,
        rollout=rollout,
        upstream=service.upstream,
        modules=len(service.modules),
        routes=len(service.routes),
        waived=len(service.waive),
        crossings=around.crossings.get(name),
        moved=moved,
        proof=proof,
        platform=around.platform.get(name),
        next=next_step(name, service, here),
    )


def _rollout(seen: Mapping[str, Any] | None) -> str | None:
    rollout = seen["rollout"] if seen else None
    return str(rollout["status"]) if rollout else None
