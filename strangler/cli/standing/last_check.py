"""What the last ``strangler check`` said, kept beside the plan so that ``strangler status`` can show it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from strangler.files import write_file
from strangler.model import Finding, Severity

_FILE = Path(".strangler/check.json")


@dataclass(frozen=True)
class Tally:
    """How many errors and warnings there were; notes ask nothing of anybody."""

    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class LastCheck:
    """The day it ran, what each check that ran found, and what the manifests' check found of each service."""

    day: date
    checks: Mapping[str, Tally]
    platform: Mapping[str, Tally]


def tally(findings: Iterable[Finding]) -> Tally:
    """Count findings by what they ask for."""
    severities = [finding.severity for finding in findings]
    return Tally(severities.count(Severity.ERROR), severities.count(Severity.WARNING))


def remember(folder: Path, outcome: LastCheck) -> None:
    """Keep the outcome of a run of the checks on the plan in ``folder``."""
    path = folder / _FILE
    path.parent.mkdir(exist_ok=True)
    write_file(path, json.dumps(check_fields(outcome), indent=1) + "\n")


def check_fields(outcome: LastCheck) -> dict[str, Any]:
    """The outcome as JSON."""
    return {**asdict(outcome), "day": outcome.day.isoformat()}


def last_check(folder: Path) -> LastCheck | None:
    """The outcome of the last run; None if there was none, or it cannot be read."""
    try:
        kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return LastCheck(date.fromisoformat(kept["day"]), _tallies(kept["checks"]), _tallies(kept["platform"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _tallies(kept: Mapping[str, Any]) -> dict[str, Tally]:
    return {name: Tally(int(found["errors"]), int(found["warnings"])) for name, found in kept.items()}
