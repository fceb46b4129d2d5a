"""What the demonstration measured, taken from the running processes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class AddedLatency:
    """What the facade adds to an answer of the monolith, in milliseconds, at one connection."""

    p50: float
    p99: float


@dataclass(frozen=True)
class Manifests:
    """What ``deploy`` rendered, and what its check found in it."""

    documents: int
    findings: int


@dataclass(frozen=True)
class Onboarding:
    """Tenants taken in through the API, the commits that did it, what the check found then, and a wish's refusal.

    ``seconds`` is from each request to its commit.
    """

    tenants: int
    commits: int
    findings: int
    refused_because: str
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class Facts:
    """The table at the end: customers' requests, where they went, and what was written.

    ``failed`` counts wrong answers and lost safe or keyed requests, ``failures`` are the first of them in words;
    ``indeterminate`` counts unkeyed writes that were cut off (never sent again). ``share`` is per target, in percent
    of all answers.
    """

    seams: int
    service: str
    requests: int
    writes: int
    failed: int
    failures: tuple[str, ...]
    indeterminate: int
    share: dict[str, float]
    shadow: dict[str, int]
    rolled_back: bool
    rolled_back_because: str
    rollback_seconds: float
    final_weight: float
    added_latency_ms: AddedLatency
    files_written: int
    manifests: Manifests
    onboarding: Onboarding
    seconds: float
    look_at: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The facts as a JSON object."""
        return asdict(self)
