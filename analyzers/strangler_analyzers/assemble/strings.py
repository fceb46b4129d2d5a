"""Texts that name modules or definitions of the program: settings lists, dotted paths, entry points."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_analyzers.detectors import World
from strangler_analyzers.resolve.values import Module


def named_by_text(world: World) -> Iterator[tuple[str, str, int, str, str]]:
    """(source, target, line, symbol, text) of each text that is the full name of a module or of a thing in one."""
    for name in sorted(world.modules):
        module = world.modules[name]
        if "tests" in module.path.split("/"):
            continue
        for text, line in module.facts.strings:
            found = resolved(world, text)
            if found is not None and found[0] is not module:
                yield (name, found[0].name, line, found[1], text)


def resolved(world: World, text: str) -> tuple[Module, str] | None:
    """The module that ``text`` names, or names something of, and what."""
    path = text.replace(":", ".")
    module = world.modules.get(path)
    if module is not None:
        return (module, "")
    for _ in range(2):
        path, _, _ = path.rpartition(".")
        module = world.modules.get(path)
        if module is not None:
            rest = text.replace(":", ".")[len(path) + 1 :]
            first = rest.partition(".")[0]
            return (module, rest) if first in module.env else None
    return None
