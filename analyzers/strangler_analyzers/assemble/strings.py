"""Texts that name modules or definitions of the program: settings lists, dotted paths, entry points."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_analyzers.detectors.world import Names
from strangler_analyzers.resolve.values import Module


def named_by_text(names: Names, module: Module) -> Iterator[tuple[str, int, str, str]]:
    """(target, line, symbol, text) of each text that is the full name of a module or of a thing in one."""
    for text, line in module.facts.strings if "tests" not in module.path.split("/") else ():
        found = resolved(names, text)
        if found is not None and found[0] != module.name:
            yield (found[0], line, found[1], text)


def resolved(names: Names, text: str) -> tuple[str, str] | None:
    """The module that ``text`` names, or names something of, and what."""
    path = text.replace(":", ".")
    if path in names:
        return (path, "")
    for _ in range(2):
        path, _, _ = path.rpartition(".")
        if path in names:
            rest = text.replace(":", ".")[len(path) + 1 :]
            first = rest.partition(".")[0]
            return (path, rest) if first in names[path] else None
    return None
