"""Frozen values that every part of the product speaks in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an ``ERROR`` makes a command end with exit 1, the others inform."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: POSIX path, and a 1-based line (0: the file as a whole)."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the user's code, plan or manifests; a value, collected and shown with the others.

    ``rule`` is the stable name by which it can be explained or waived (``TXN-SPAN``).
    """

    rule: str
    message: str
    location: Location | None = None
    hint: str = ""
    severity: Severity = Severity.ERROR

    @property
    def order(self) -> tuple[str, int, str, str]:
        """The key findings are sorted by: path, line, rule, message."""
        place = self.location or Location("")
        return (place.path, place.line, self.rule, self.message)


class Stage(StrEnum):
    """Where a service stands: traffic, client calls and data, moved together (docs/reference/stages.md).

    The facade's control plane is the only owner; ``PLANNED`` is a service that has no code of its own yet.
    """

    PLANNED = "planned"
    EXTRACTED = "extracted"
    SHADOW = "shadow"
    CANARY = "canary"
    LIVE = "live"
    SPLIT = "split"
    RETIRED = "retired"
