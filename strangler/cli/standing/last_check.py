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
    """How many errors and warnings there were, and on which day; notes ask nothing of anybody."""

    day: date
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class LastCheck:
    """What each check found when it last ran, and what that of the manifests found of each service."""

    checks: Mapping[str, Tally]
    platform: Mapping[str, Tally]


def tally(findings: Iterable[Finding], day: date) -> Tally:
    """Count findings by what they ask for."""
    severities = [finding.severity for finding in findings]
    return Tally(day, severities.count(Severity.ERROR), severities.count(Severity.WARNING))


def remember(folder: Path, outcome: LastCheck) -> None:
    """Keep the outcome of a run of the checks on the plan in ``folder``; a check that did not run keeps its last."""
    path, known = folder / _FILE, last_check(folder) or LastCheck({}, {})
    path.parent.mkdir(exist_ok=True)
    platform = outcome.platform if "manifests" in outcome.checks else known.platform
    whole = LastCheck({**known.checks, **outcome.checks}, platform)
    write_file(path, json.dumps(check_fields(whole), indent=1) + "\n")


def check_fields(outcome: LastCheck) -> dict[str, Any]:
    """The outcome as JSON."""
    return {
        part: {name: {**asdict(one), "day": one.day.isoformat()} for name, one in tallies.items()}
        for part, tallies in (("checks", outcome.checks), ("platform", outcome.platform))
    }


def last_check(folder: Path) -> LastCheck | None:
    """The outcome of the last run; None if there was none, or it cannot be read."""
    try:
        kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return LastCheck(_tallies(kept["checks"]), _tallies(kept["platform"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _tallies(kept: Mapping[str, Any]) -> dict[str, Tally]:
    return {
        name: Tally(date.fromisoformat(found["day"]), int(found["errors"]), int(found["warnings"]))
        for name, found in kept.items()
    }
