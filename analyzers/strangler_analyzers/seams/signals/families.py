"""Families of plug-ins: modules of one folder that are variations of one thing.

Query runners, payment gateways, importers: each implements what a module of its folder declares, and has little else to
do with the others, so that no tie but the folder's holds them together. A team takes out all of them or none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from strangler.analysis import Analysis
from strangler_analyzers.seams.signals.landscape import Landscape

# Fewer variations are an accident.
_FEWEST = 5
# This share of what lies in the folder must be of the family: the rest are its helpers.
_SHARE = 0.75
# Folders whose modules are named after things of the domain (forms, repositories) are layers, and go by their things.
# Chosen by eye on a wide gap: on eleven monoliths families have .06 at most, layers .33 and more.
_LAYER = 0.2


def plugin_families(analysis: Analysis, land: Landscape, layers: Mapping[str, float]) -> list[tuple[int, ...]]:
    """The positions of each family with what it derives from; ``layers`` says of each folder how much it is one."""
    children = _children(land)
    packages = {module.name for module in analysis.modules if module.path.endswith("/__init__.py")}
    heirs = {folder: set[str]() for folder in children}
    for one, base in _inheritances(analysis, land):
        folder = base if base in packages else _folder(base)
        if one in children.get(folder, ()):
            heirs[folder] |= {one, base}
    return [
        tuple(sorted(land.index[name] for name in found))
        for folder, found in heirs.items()
        if len(found) > max(_FEWEST, _SHARE * len(children[folder])) and layers.get(folder, 0.0) <= _LAYER
    ]


def _inheritances(analysis: Analysis, land: Landscape) -> Iterator[tuple[str, str]]:
    for edge in analysis.edges:
        if edge.kind == "inherit" and edge.source in land.index and edge.target in land.index:
            yield edge.source, edge.target


def _children(land: Landscape) -> dict[str, set[str]]:
    """Folder below the top → the modules that lie in it."""
    found: dict[str, set[str]] = {}
    for name in land.names:
        if "." in _folder(name):
            found.setdefault(_folder(name), set()).add(name)
    return found


def _folder(name: str) -> str:
    return name.rpartition(".")[0]
