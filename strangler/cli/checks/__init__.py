"""What ``strangler check`` holds against each other, one module per pair: a session and what is wanted go in.

Each runs when its input is there, and says in one line what it did or why it did not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from strangler.model import Finding


@dataclass(frozen=True)
class Wanted:
    """What the flags of ``strangler check`` say; None is the default that each flag's help names."""

    document: Path | None = None
    baseline: Path | None = None
    update: bool = False
    admin: str | None = None
    state: Path = Path(".strangler/facade")
    manifests: Path | None = None
    crds: Path | None = None
    cluster: str | None = None
    context: str | None = None
    proof_days: int = 90


@dataclass(frozen=True)
class Checked:
    """What one check found, and one line on what it did; ``ran`` is False where its input is not there."""

    name: str
    line: str
    findings: Sequence[Finding] = ()
    ran: bool = True
