"""The rooms of the house in the order in which they build on each other, found by our own analyzer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import strangler_analyzers as analyzers
from strangler.analysis import Analysis, Edge

ROOT = Path(__file__).parents[1]
PACKAGES = ("strangler", "strangler_analyzers", "strangler_scaffolds", "strangler_facade", "strangler_deploy")
BEGIN, END = "<!-- made by docs/generate.py -->", "<!-- end of what was made -->"

Rooms = Mapping[str, frozenset[str]]


def architecture(text: str) -> str:
    """ARCHITECTURE.md with the part between the marks made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}{END}{after}"


@cache
def table() -> str:
    """One row a package: its rooms, layer by layer, from what knows nothing of the others to what knows them all."""
    analysis = analyzers.survey(ROOT, analyzers.Options(packages=PACKAGES, cache=ROOT / ".strangler" / "cache"))
    rows = [f"| `{package}` | `{_layers(rooms(analysis, package))}` |" for package in PACKAGES]
    return "\n".join(["| package | its rooms, each after those it builds on |", "|---|---|", *rows, ""])


def rooms(analysis: Analysis, package: str) -> Rooms:
    """Room → the rooms of the same package that its import statements name."""
    found: dict[str, set[str]] = {}
    for module in analysis.modules:
        room = _room(module.name, package)
        if room:
            found.setdefault(room, set())
    for edge in analysis.edges:
        source, target = _room(edge.source, package), _room(edge.target, package)
        if source and target and source != target and edge.kind == "import" and _written(edge):
            found[source].add(target)
    return {room: frozenset(used) for room, used in found.items()}


def _written(edge: Edge) -> bool:
    """Whether it is an import statement that runs; types alone and programs started by name build on nothing."""
    return not set(edge.scope) <= {"type_checking", "dynamic"}


def _room(module: str, package: str) -> str:
    """The part of a package that a module lies in; empty for the package's own front."""
    head, _, rest = module.partition(".")
    return rest.partition(".")[0] if head == package else ""


def _layers(used: Rooms) -> str:
    return " → ".join(", ".join(layer) for layer in layers(used))


def layers(used: Rooms) -> Iterator[list[str]]:
    """Rooms by how many layers lie below them."""
    left = dict(used)
    while left:
        layer = sorted(room for room, below in left.items() if not below & left.keys())
        assert layer, f"rooms build on each other in a ring: {sorted(left)}"
        yield layer
        for room in layer:
            del left[room]
