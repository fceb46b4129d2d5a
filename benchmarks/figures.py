"""How a benchmark says what it measured: one line for people, one JSON line for the table of all of them.

``benchmarks/run.py`` names a file in ``STRANGLER_FIGURES``; without it only the line is printed. A script ends with
``sys.exit(status())``: 0, or ``MISSED`` when one of its figures reached neither target nor floor, so that a missed
figure and a script that broke are two things.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

MISSED = 4
_missed: list[str] = []


@dataclass(frozen=True)
class Figure:
    """One measured value against its limits.

    ``peer`` is what it was measured against, in the same run where there is something to run. ``floor`` is the least
    that is good enough, ``target`` what is aimed at; ``higher`` says on which side of them a good value lies.
    """

    area: str
    measure: str
    value: float
    unit: str = ""
    peer: str = ""
    floor: float | None = None
    target: float | None = None
    higher: bool = False

    @property
    def verdict(self) -> str:
        """``met``, ``floor met`` or ``missed``; empty without limits."""
        best = self.target if self.target is not None else self.floor
        if best is None:
            return ""
        if self._reaches(best):
            return "met"
        return "floor met" if self.floor is not None and self._reaches(self.floor) else "missed"

    def _reaches(self, limit: float) -> bool:
        return self.value >= limit if self.higher else self.value <= limit

    def __str__(self) -> str:
        sign = "≥" if self.higher else "≤"
        limits = [f"{name} {sign} {limit:g}" for name, limit in self._limits() if limit is not None]
        against = f" against {self.peer}" if self.peer else ""
        told = f"{self.measure}: {shown(self.value)}{f' {self.unit}' if self.unit else ''}{against}"
        return f"{told} ({', '.join(limits)}: {self.verdict})" if limits else told

    def _limits(self) -> tuple[tuple[str, float | None], ...]:
        return (("floor", self.floor), ("target", self.target))


def shown(value: float) -> str:
    """A value with as many digits as it is good for."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def report(*figures: Figure) -> None:
    """Print figures, and keep them for the table where one is made."""
    for figure in figures:
        print(figure, flush=True)
        _keep({**asdict(figure), "verdict": figure.verdict})
        if figure.verdict == "missed":
            _missed.append(figure.measure)


def status() -> int:
    """The exit status for what was reported so far: 0, or ``MISSED``."""
    return MISSED if _missed else 0


def not_run(area: str, why: str) -> None:
    """Say that something could not be measured here, and what it needs."""
    print(f"NOT RUN: {why}", flush=True)
    _keep({"area": area, "not_run": why})


def _keep(fields: dict[str, object]) -> None:
    collected = os.environ.get("STRANGLER_FIGURES")
    if collected:
        with Path(collected).open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")
