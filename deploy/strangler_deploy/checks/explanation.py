"""Why a rule is there, in three sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a rule holds, why, and what to do about a finding."""

    rule: str
    holds: str
    why: str
    remedy: str
