"""Sees a monolith that services were taken out of as it was: whoever imports a client imports what it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from strangler.analysis import Analysis, Edge

#: The package that all clients lie in, below the top-level package of the code that calls them.
CLIENTS = "service_clients"


def is_client(module: str) -> bool:
    """Whether a module is one of a generated client, or the package around clients."""
    return CLIENTS in module.split(".")


def through_clients(analysis: Analysis) -> Analysis:
    """The analysis without clients: their modules are gone, and imports of them are imports of the moved code."""
    if not any(is_client(module.name) for module in analysis.modules):
        return analysis
    stands_for = _stand_ins(analysis)
    known = {module.name for module in analysis.modules}
    edges = [_pointed(edge, stands_for, known) for edge in analysis.edges if not is_client(edge.source)]
    return replace(
        analysis,
        modules=tuple(module for module in analysis.modules if not is_client(module.name)),
        edges=tuple(edge for edge in edges if not is_client(edge.target)),
        functions=tuple(function for function in analysis.functions if not is_client(_module(function.ref))),
        calls=tuple(
            call for call in analysis.calls if not is_client(_module(call.caller) + "." + _module(call.callee))
        ),
        state=tuple(state for state in analysis.state if not is_client(state.module)),
    )


def clients_used(analysis: Analysis) -> dict[str, frozenset[str]]:
    """Which client packages each module imports, by module; a package's last part is its service's name."""
    found: dict[str, set[str]] = {}
    for edge in analysis.edges:
        if edge.kind == "import" and is_client(edge.target) and not is_client(edge.source):
            parts = edge.target.split(".")
            package = ".".join(parts[: parts.index(CLIENTS) + 2])
            found.setdefault(edge.source, set()).add(package)
    return {module: frozenset(packages) for module, packages in found.items()}


def _stand_ins(analysis: Analysis) -> dict[str, str]:
    """Module of a client → the module it stands for, which is the one that it has all names of."""
    return {
        edge.source: edge.target
        for edge in analysis.edges
        if edge.kind == "import" and is_client(edge.source) and not is_client(edge.target)
    }


def _pointed(edge: Edge, stands_for: Mapping[str, str], known: set[str]) -> Edge:
    target = stands_for.get(edge.target)
    if target is None:
        return edge
    evidence = tuple(replace(site, symbol=_symbol(site.symbol, edge.target, target)) for site in edge.evidence)
    return replace(edge, target=target if target in known else edge.target, evidence=evidence)


def _symbol(symbol: str | None, client: str, target: str) -> str | None:
    return f"{target}:{symbol.partition(':')[2]}" if symbol and _module(symbol) == client else symbol


def _module(ref: str) -> str:
    return ref.partition(":")[0]
