"""What migrations that go along import: no import of the seam's asks for it, and they cannot run without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from strangler.model import Finding
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.territory import Territory


def scripts_among(territory: Territory, paths: Iterable[str], place: Callable[[str], str]) -> tuple[str, ...]:
    """The modules among the data files that a service takes along, which are the scripts of its migrations.

    Args:
        territory: the monolith's modules, divided.
        paths: data files by their path in the service.
        place: from a path in the monolith to the one in the service.
    """
    taken = set(paths)
    return tuple(sorted(module.name for module in territory.modules.values() if place(module.path) in taken))


def missed(territory: Territory, sources: Iterable[str], has: Iterable[str]) -> Iterator[Finding]:
    """Each import by ``sources`` of a module of the monolith other than those that the service ``has``."""
    there = set(has)
    for source in sorted(sources):
        for edge in territory.imports.get(source, ()):
            if edge.target in there:
                continue
            for site in edge.evidence:
                message = f"{source}, which migrations need, imports {edge.target}, which stays"
                yield crossing("IMPORT-OUT-LATER", message, site, stays=edge.target).finding
