"""The one language that policies are written in here: what must hold, as values that two other languages can say.

A path begins at a root: the ``object``, its ``pod`` (the object itself or the template in it), its ``namespace``,
the ``user`` who asks, or the ``item`` of the list that is gone through. What is not there equals nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Root = Literal["object", "pod", "namespace", "user", "item"]


@dataclass(frozen=True, slots=True)
class Path:
    """A field; ``keys`` are taken as they are, so that labels with dots and slashes need no care."""

    root: Root
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Texts and the texts at paths, joined; what is not there is empty."""

    parts: tuple[str | Path, ...]


@dataclass(frozen=True, slots=True)
class Equals:
    """The field is there and has this value."""

    path: Path
    value: str | bool | int | Text


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field is there and has one of these values."""

    path: Path
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begins:
    """The field is a text that begins so."""

    path: Path
    text: Text


@dataclass(frozen=True, slots=True)
class Matches:
    """The field is a text in which a regular expression (of the syntax that RE2 knows) finds something."""

    path: Path
    pattern: str


@dataclass(frozen=True, slots=True)
class Present:
    """The field is there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Every:
    """Every item of the list satisfies it; a list that is not there has none."""

    path: Path
    condition: Condition


@dataclass(frozen=True, slots=True)
class Some:
    """At least one item of the list satisfies it."""

    path: Path
    condition: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of them hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of them holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    condition: Condition


Condition: TypeAlias = Equals | OneOf | Begins | Matches | Present | Every | Some | AllOf | AnyOf | Not


def all_of(*conditions: Condition) -> Condition:
    """All of them hold."""
    return conditions[0] if len(conditions) == 1 else AllOf(conditions)


def any_of(*conditions: Condition) -> Condition:
    """One of them holds."""
    return conditions[0] if len(conditions) == 1 else AnyOf(conditions)


def path(root: Root, *keys: str) -> Path:
    """A field of ``root``."""
    return Path(root, keys)
