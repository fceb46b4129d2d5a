"""Imports and inheritance over the border."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Edge, Evidence
from strangler.model import Location
from strangler_scaffolds.crossings.rules import Crossing
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.django_project import host_modules
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.territory import Territory


def import_crossings(territory: Territory, graph: CallGraph) -> Iterator[Crossing]:
    """Crossings that are imports, or a class that derives from one on the other side."""
    called = {entry.module for entry in graph.entries}
    named = {entry.ref for entry in graph.entries} | set(graph.objects.by_ref)
    mounting = set(host_modules(territory))
    for edge in territory.analysis.edges:
        if edge.kind == "import" and edge.scope != ("type_checking",):
            yield from _import(edge, territory, called, named, mounting)
        elif edge.kind == "inherit":
            yield from _inherit(edge, territory)


def _import(
    edge: Edge, territory: Territory, called: set[str], named: set[str], mounting: set[str]
) -> Iterator[Crossing]:
    if territory.calls_in(edge.source) and territory.is_inside(edge.target):
        for site in edge.evidence:
            yield _inward(edge, site, territory, called, named, mounting)
    elif not territory.is_outside(edge.source) and edge.source not in territory.tests:
        yield from _outward(edge, territory)


def _inward(
    edge: Edge, site: Evidence, territory: Territory, called: set[str], named: set[str], mounting: set[str]
) -> Crossing:
    what = f"{edge.source} imports {site.symbol or edge.target}"
    if edge.source in mounting:
        return crossing("IMPORT-ROUTES", f"{edge.source} names {site.symbol or edge.target}", site)
    if site.symbol == "*":
        return crossing("IMPORT-STAR", what, site)
    if "dynamic" in (site.scope or ""):
        return _by_text(edge, site, named)
    if "routes" in territory.modules[edge.target].roles:
        return crossing("IMPORT-ROUTES", what, site)
    return crossing("IMPORT" if edge.target in called else "IMPORT-KEPT", what, site)


def _by_text(edge: Edge, site: Evidence, named: set[str]) -> Crossing:
    """A text that says the whole name of what is called can be pointed at the client; one in pieces cannot."""
    if site.symbol not in named:
        return crossing("IMPORT-DYNAMIC", f"{edge.source} imports {edge.target} by a string", site)
    if site.text == site.symbol.replace(":", "."):
        return crossing("IMPORT", f"{edge.source} names {site.symbol} in a text", site)
    return crossing("IMPORT-LOADED", f"{edge.source} loads {site.symbol} by a name that no text says whole", site)


def _outward(edge: Edge, territory: Territory) -> Iterator[Crossing]:
    for site in edge.evidence:
        what = f"{edge.source} imports {edge.target}"
        if territory.is_outside(edge.target):
            later = site.scope in ("function", "dynamic") or edge.scope in (("function",), ("dynamic",))
            rule = "IMPORT-OUT-LATER" if later else "IMPORT-OUT"
            yield crossing(rule, f"{what}, which stays", site, stays=edge.target)
        elif edge.target in territory.shared and territory.is_inside(edge.source):
            yield crossing("LIBRARY", f"{what}, which becomes part of the library", site)


def _inherit(edge: Edge, territory: Territory) -> Iterator[Crossing]:
    for site in edge.evidence or (Evidence(territory.modules[edge.source].path, 0),):
        what, place = (
            f"a class of {edge.source} derives from {site.symbol or edge.target}",
            Location(site.path, site.line),
        )
        if territory.is_inside(edge.source) and territory.is_outside(edge.target):
            yield crossing("INHERIT-OUT", what, place, stays=edge.target)
        elif territory.is_outside(edge.source) and territory.is_inside(edge.target):
            yield crossing("INHERIT-IN", what, place)
