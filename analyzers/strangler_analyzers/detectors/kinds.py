"""What a detector is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from strangler.analysis import Diagnostic, Route, Task
from strangler_analyzers.detectors.world import World


@dataclass(frozen=True, slots=True)
class Found:
    """What a detector found."""

    routes: tuple[Route, ...] = ()
    tasks: tuple[Task, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """Source files and what must be found in them: one line each, as :func:`lines` writes them."""

    title: str
    files: Mapping[str, str]
    finds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detector:
    """A framework: its name, what of it is understood in a sentence, and how it is found."""

    name: str
    understands: str
    detect: Callable[[World], Found]
    examples: tuple[Example, ...] = field(default=())


def lines(found: Found) -> list[str]:
    """What was found, one line each: ``GET /orders -> shop.views:orders``, ``celery ship -> shop.tasks:ship``."""
    routes = [f"{','.join(route.methods or ('*',))} {route.path} -> {route.handler}" for route in found.routes]
    tasks = [f"{task.kind} {task.name} -> {task.handler}" for task in found.tasks]
    notes = [f"{note.code} {note.path}:{note.line}" for note in found.diagnostics]
    return routes + tasks + notes
