"""The analysis as a networkx graph, for whoever wants to ask it more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strangler.analysis import Analysis

if TYPE_CHECKING:
    import networkx


def graph(analysis: Analysis) -> networkx.MultiDiGraph[Any]:
    """Modules as nodes, dependencies as edges keyed by kind; the values of the document as their attributes."""
    # Imported here: a run that asks for no graph should not wait for it.
    import networkx

    result: networkx.MultiDiGraph[Any] = networkx.MultiDiGraph()
    for module in analysis.modules:
        result.add_node(module.name, path=module.path, loc=module.loc, roles=module.roles, seam=module.seam)
    for edge in analysis.edges:
        result.add_edge(
            edge.source,
            edge.target,
            key=edge.kind,
            weight=edge.weight,
            confidence=edge.confidence,
            via=edge.via,
            scope=edge.scope,
            evidence=edge.evidence,
        )
    return result
