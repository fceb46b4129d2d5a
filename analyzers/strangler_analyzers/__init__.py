"""Source → facts → graph → seams. Nothing here imports or runs the code under analysis."""

from strangler_analyzers.analyze import analyze
from strangler_analyzers.callgraph import call_graph
from strangler_analyzers.explain import Tie, explain
from strangler_analyzers.graph import graph
from strangler_analyzers.options import Options
from strangler_analyzers.report import render
from strangler_analyzers.seams import (
    Constraints,
    SeamOptions,
    Surroundings,
    draft_service,
    find_seam,
    propose,
    verdicts,
)

__all__ = [
    "Constraints",
    "Options",
    "SeamOptions",
    "Surroundings",
    "Tie",
    "analyze",
    "call_graph",
    "draft_service",
    "explain",
    "find_seam",
    "graph",
    "propose",
    "render",
    "verdicts",
]
