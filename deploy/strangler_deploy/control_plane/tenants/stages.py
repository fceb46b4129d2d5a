"""How far a request is, and where that leaves its tenant."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What is asked for; ``change`` covers tier, place, quota and everything else a tenant's file says."""

    ONBOARD = "onboard"
    CHANGE = "change"
    SUSPEND = "suspend"
    RESUME = "resume"
    OFFBOARD = "offboard"


class State(StrEnum):
    """How far a request is: written down, one commit in git, brought in by Argo CD, working; or refused."""

    PENDING = "pending"
    COMMITTED = "committed"
    APPLIED = "applied"
    READY = "ready"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in (State.READY, State.FAILED)


class Standing(StrEnum):
    """Where a tenant stands by what is in git; ``REFUSED`` frees the id again, ``OFFBOARDED`` never does."""

    ONBOARDING = "onboarding"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    OFFBOARDED = "offboarded"
    REFUSED = "refused"


# What a tenant's standing becomes once a request of this kind is in git.
AFTER: Mapping[Kind, Standing | None] = {
    Kind.ONBOARD: Standing.ACTIVE,
    Kind.CHANGE: None,
    Kind.SUSPEND: Standing.SUSPENDED,
    Kind.RESUME: Standing.ACTIVE,
    Kind.OFFBOARD: Standing.OFFBOARDED,
}

# Which standings a request of this kind may meet.
ALLOWED: Mapping[Kind, tuple[Standing, ...]] = {
    Kind.ONBOARD: (Standing.REFUSED,),
    Kind.CHANGE: (Standing.ACTIVE, Standing.SUSPENDED),
    Kind.SUSPEND: (Standing.ACTIVE,),
    Kind.RESUME: (Standing.SUSPENDED,),
    Kind.OFFBOARD: (Standing.ACTIVE, Standing.SUSPENDED),
}

# The detail types of the SaaS Builder Toolkit for what was asked, has worked and has failed.
EVENTS: Mapping[Kind, tuple[str, str, str]] = {
    Kind.ONBOARD: ("onboardingRequest", "onboardingSuccess", "onboardingFailure"),
    Kind.CHANGE: ("provisionRequest", "provisionSuccess", "provisionFailure"),
    Kind.SUSPEND: ("deactivateRequest", "deactivateSuccess", "deactivateFailure"),
    Kind.RESUME: ("activateRequest", "activateSuccess", "activateFailure"),
    Kind.OFFBOARD: ("offboardingRequest", "offboardingSuccess", "offboardingFailure"),
}
