"""The contract between the two sides: functions, policies, and whose classes may cross."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from strangler_scaffolds.entries import Entry
from strangler_scaffolds.territory import Territory


def contract_of(territory: Territory, entries: Sequence[Entry]) -> dict[str, Any]:
    """The contract as plain data, in a fixed order."""
    return {
        "service": territory.name,
        "store": territory.service.store,
        "packages": sorted({name.partition(".")[0] for name in territory.taken}),
        "entries": {entry.ref: _terms(entry) for entry in entries},
    }


def _terms(entry: Entry) -> dict[str, Any]:
    policy = entry.policy
    return {
        "kind": entry.kind,
        "idempotency": policy.idempotency if policy else "none",
        "timeout_ms": policy.timeout_ms if policy else 1000,
        "mutates": list(entry.mutates),
    }
