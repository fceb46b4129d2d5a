"""What is known of a monolith beside its source, read once at the edge and handed on as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: its author and the Python files it touched, relative to the analysed root."""

    author: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """One line of a CODEOWNERS file: a pattern, those it names, and where it stands."""

    pattern: str
    owners: tuple[str, ...]
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """History newest first, CODEOWNERS rules in their order, runtime calls between modules or their files.

    ``traces`` counts observed calls between two module names; ``covered`` names the tests that ran each path.
    """

    commits: tuple[Commit, ...] = ()
    owners: tuple[OwnerRule, ...] = ()
    traces: Mapping[tuple[str, str], int] = field(default_factory=dict)
    covered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
