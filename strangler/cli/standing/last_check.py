"""What the last ``strangler check`` said, kept beside the plan so that ``strangler status`` can show it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from strangler.files import write_file

_FILE = Path(".strangler/check.json")


@dataclass(frozen=True)
class LastCheck:
    """The day it ran, and the errors of each check that ran."""

    day: date
    errors: Mapping[str, int]


def remember(folder: Path, outcome: LastCheck) -> None:
    """Keep the outcome of a run of the checks on the plan in ``folder``."""
    path = folder / _FILE
    path.parent.mkdir(exist_ok=True)
    write_file(path, json.dumps({"day": outcome.day.isoformat(), "errors": dict(outcome.errors)}, indent=1) + "\n")


def last_check(folder: Path) -> LastCheck | None:
    """The outcome of the last run; None if there was none, or it cannot be read."""
    try:
        kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return LastCheck(date.fromisoformat(kept["day"]), dict(kept["errors"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
