"""What every part of the API needs, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from strangler_deploy.control_plane.identity.tokens import Verifier
from strangler_deploy.control_plane.store.store import Store


@dataclass(frozen=True)
class Plane:
    """A running control plane: its store, whom it believes, its clock, and how it wakes the outbox."""

    store: Store
    verifier: Verifier
    now: Callable[[], datetime]
    ring: Callable[[], None] = lambda: None
