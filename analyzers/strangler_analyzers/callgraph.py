"""The call graph by itself, in the shape PyCG made common."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from strangler_analyzers.analyze import run
from strangler_analyzers.detectors import World
from strangler_analyzers.options import Options
from strangler_analyzers.resolve.values import Func


def call_graph(path: Path, options: Options | None = None) -> dict[str, list[str]]:
    """Caller → callees, by dotted names; what is not the program's is ``<builtin>.len`` or the name it is imported by.

    Raises:
        StranglerError: there is no such folder, or no Python in it.
    """
    world = World(run(path, replace(options or Options(), cache=None))[2])
    found: dict[str, set[str]] = {}
    for func in world.functions:
        callees = found.setdefault(func.dotted, set())
        for record in world.records(func):
            callees.update(
                site.callee.dotted for site in record.calls if isinstance(site.callee, Func) and not site.through
            )
            callees.update(record.outside)
    return {caller: sorted(found[caller]) for caller in sorted(found)}
