"""What can go wrong when a seam is taken out."""

from __future__ import annotations

from collections.abc import Mapping

# How likely trouble is for each of these, taken alone, and how many of them make it nearly sure.
_DANGERS: Mapping[str, float] = {
    "transactions": 0.10,
    "writes": 0.06,
    "loop_calls": 0.03,
    "foreign_keys": 0.02,
    "inherits": 0.02,
}
_UNTESTED = 0.4
_UNSTEADY = 0.3


def risk(metrics: Mapping[str, float]) -> float:
    """The chance that at least one danger strikes, each counted as independent of the others; 0 … 1."""
    safe = 1.0
    for name, chance in _DANGERS.items():
        safe *= (1 - chance) ** metrics[name]
    safe *= 1 - _UNTESTED * (1 - metrics["tested_share"])
    safe *= 1 - _UNSTEADY * (1 - metrics["stability"])
    return round(1 - safe, 4)
