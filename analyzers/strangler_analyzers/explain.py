"""Why two modules (or packages) are tied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from strangler.analysis import Analysis, Edge
from strangler.errors import StranglerError


@dataclass(frozen=True, slots=True)
class Tie:
    """The ties between ``a`` and ``b``: edges there and back, and the shortest way where there is no direct one."""

    a: str
    b: str
    there: tuple[Edge, ...]
    back: tuple[Edge, ...]
    way: tuple[Edge, ...]


def explain(analysis: Analysis, a: str, b: str) -> Tie:
    """What ties ``a`` to ``b``; each may be a module, a package or a seam.

    Raises:
        StranglerError: one of them is not in the analysis.
    """
    ours, theirs = _members(analysis, a), _members(analysis, b)
    there = _between(analysis.edges, ours, theirs)
    back = _between(analysis.edges, theirs, ours)
    way = () if there or back else _way(analysis.edges, ours, theirs)
    return Tie(a, b, there, back, way)


def _members(analysis: Analysis, name: str) -> frozenset[str]:
    seam = analysis.seam(name)
    found = {one.name for one in analysis.modules if one.name == name or one.name.startswith(name + ".")}
    if not found and seam is not None:
        found = set(seam.modules)
    if not found:
        near = _near(analysis, name)
        hint = f"did you mean {near}?" if near else "modules are named as they are imported"
        raise StranglerError(f"no module, package or seam called {name}", hint=hint)
    return frozenset(found)


def _near(analysis: Analysis, name: str) -> str | None:
    tail = "." + name.rpartition(".")[2]
    return next((one.name for one in analysis.modules if one.name.endswith(tail)), None)


def _between(edges: Iterable[Edge], sources: frozenset[str], targets: frozenset[str]) -> tuple[Edge, ...]:
    return tuple(
        edge for edge in edges if edge.source in sources and edge.target in targets and edge.target not in sources
    )


def _way(edges: Iterable[Edge], sources: frozenset[str], targets: frozenset[str]) -> tuple[Edge, ...]:
    """The shortest chain of edges; of equals the first in the document's order."""
    out: dict[str, list[Edge]] = {}
    for edge in edges:
        out.setdefault(edge.source, []).append(edge)
    came: dict[str, Edge | None] = dict.fromkeys(sorted(sources))
    pending = list(came)
    for name in pending:
        for edge in out.get(name, ()):
            if edge.target not in came:
                came[edge.target] = edge
                pending.append(edge.target)
                if edge.target in targets:
                    return _back(came, edge)
    return ()


def _back(came: dict[str, Edge | None], last: Edge) -> tuple[Edge, ...]:
    chain, edge = [], came[last.target]
    while edge is not None:
        chain.append(edge)
        edge = came[edge.source]
    return tuple(reversed(chain))
