"""A rollout as a value, and what happens to it next; pure, time comes in as an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from strangler.plan import Rollout as Policy
from strangler_facade.rollouts.counts import Reading
from strangler_facade.rollouts.gates import Breach


class Status(StrEnum):
    """Where a rollout stands; the last three are its ends."""

    RUNNING = "running"
    PAUSED = "paused"
    APPROVAL = "awaiting-approval"
    DONE = "done"
    ABORTED = "aborted"
    ROLLED_BACK = "rolled-back"

    @property
    def is_open(self) -> bool:
        """Whether the rollout can still go on."""
        return self in (Status.RUNNING, Status.PAUSED, Status.APPROVAL)


@dataclass(frozen=True, slots=True)
class Progress:
    """One rollout: the step it is at (-1: only mirrored), how long it has baked there, and why it waits or ended.

    ``baked`` counts seconds in which the control plane watched and the rollout was running, so a restart costs time
    but never shortens a bake.
    """

    status: Status
    step: int
    baked: float = 0.0
    reason: str = ""
    approved: int = -2


@dataclass(frozen=True, slots=True)
class Shift:
    """Set the service's weight to ``percent``."""

    percent: int


@dataclass(frozen=True, slots=True)
class Retreat:
    """Send every user back to the monolith, because of ``breach``."""

    breach: Breach


Action = Shift | Retreat | None


def advance(
    progress: Progress, policy: Policy, elapsed: float, window: Reading, breach: Breach | None
) -> tuple[Progress, Action]:
    """The rollout ``elapsed`` seconds later: baking on, waiting, at the next step, done, or on its way back.

    Args:
        progress: an open rollout.
        policy: the plan's steps, bake time and gates.
        elapsed: seconds since the last call, zero for time in which nobody watched.
        window: everything since the step began.
        breach: what the gates say.
    """
    if breach is not None:
        return replace(progress, status=Status.ROLLED_BACK, reason=breach.text), Retreat(breach)
    if progress.status is not Status.RUNNING:
        return progress, None
    progress = replace(progress, baked=progress.baked + elapsed)
    waiting = _still_waiting(progress, policy, window)
    if waiting is not None:
        return replace(progress, reason=waiting), None
    if progress.step + 1 >= len(policy.steps):
        return replace(progress, status=Status.DONE, reason="every step is baked"), None
    if policy.approval and progress.approved < progress.step:
        reason = f"step {policy.steps[progress.step + 1]} % waits for an approver"
        return replace(progress, status=Status.APPROVAL, reason=reason), None
    return _next(progress), Shift(policy.steps[progress.step + 1])


def _next(progress: Progress) -> Progress:
    return replace(progress, status=Status.RUNNING, step=progress.step + 1, baked=0.0, reason="")


def _still_waiting(progress: Progress, policy: Policy, window: Reading) -> str | None:
    if progress.baked < policy.bake:
        return f"baked {progress.baked:.0f} of {policy.bake:.0f} s"
    seen = window.compared if progress.step < 0 else window.service.requests
    if seen < policy.min_requests:
        return f"saw {seen} of the {policy.min_requests} requests a step needs"
    limit = policy.abort_if.shadow_difference
    if limit is not None and window.compared and window.differing / window.compared > limit:
        return f"{window.differing} of {window.compared} shadowed requests differ, {limit:.1%} may"
    return None


def approve(progress: Progress) -> Progress:
    """The rollout with its next step allowed."""
    return replace(progress, status=Status.RUNNING, approved=progress.step)


def to_json(progress: Progress) -> dict[str, Any]:
    """Plain data for the store."""
    return asdict(progress)


def from_json(fields: Mapping[str, Any]) -> Progress:
    """The rollout that ``to_json`` wrote."""
    return Progress(Status(fields["status"]), fields["step"], fields["baked"], fields["reason"], fields["approved"])
