"""What code holds on to that it neither calls nor keeps in a table: exceptions, constants, what is read at import."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Evidence, Use
from strangler_analyzers.assemble.functions import caller_of
from strangler_analyzers.detectors import World
from strangler_analyzers.resolve.values import Module

_READS_OF_ENVIRONMENT = ("os.getenv", "os.environ.get", "os.environ.__getitem__")


def uses(world: World) -> list[Use]:
    """Every hold, by who has it, on what, and of which kind."""
    found: dict[tuple[str, str, str], dict[Evidence, None]] = {}
    for user, target, kind, place in _all(world):
        found.setdefault((user, target, kind), {})[place] = None
    return [Use(*key, tuple(sorted(found[key], key=lambda one: (one.path, one.line)))) for key in sorted(found)]


def _all(world: World) -> Iterator[tuple[str, str, str, Evidence]]:
    for func in world.functions:
        user = caller_of(func)
        for record in world.records(func):
            for (kind, target), line in record.holds.items():
                place = Evidence(func.module.path, line)
                if kind != "name":
                    yield (user, target, kind, place)
                elif (home := _home(world, func.module, target)) is not None:
                    yield (user, f"{home.name}:{target}", "constant", place)
            for event in record.events if not func.index else ():
                if event.name in _READS_OF_ENVIRONMENT:
                    yield (user, event.name, "import", Evidence(func.module.path, event.line))


def _home(world: World, module: Module, name: str) -> Module | None:
    """The other module that a constant's name was imported from."""
    for statement in module.facts.imports:
        for original, alias in statement.names or ():
            if alias == name:
                home = world.modules.get(world.program.table.home(module, statement) or "")
                return home if home is not None and home is not module and original in home.env else None
    return None
