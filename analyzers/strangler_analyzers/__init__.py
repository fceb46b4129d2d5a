"""Source → facts → graph → seams. Nothing here imports or runs the code under analysis."""

import strangler_analyzers.native  # noqa: F401 - before all others: it says which of them are compiled

# isort: split
from strangler_analyzers.analyze import analyze, conclude, survey
from strangler_analyzers.callgraph import call_graph
from strangler_analyzers.explain import Tie, explain
from strangler_analyzers.graph import graph
from strangler_analyzers.options import Options
from strangler_analyzers.ratchet import (
    Baseline,
    compare,
    github_annotations,
    improved,
    read_baseline,
    sarif,
    take_stock,
    write_baseline,
)
from strangler_analyzers.reference import detectors_reference
from strangler_analyzers.report import render
from strangler_analyzers.seams import (
    Change,
    Constraints,
    SeamOptions,
    Surroundings,
    WhatIf,
    beside,
    constraints_of,
    draft_service,
    find_seam,
    left_out,
    look_around,
    module_patterns,
    propose,
    verdicts,
)

__all__ = [
    "Baseline",
    "Change",
    "Constraints",
    "Options",
    "SeamOptions",
    "Surroundings",
    "Tie",
    "WhatIf",
    "analyze",
    "beside",
    "call_graph",
    "compare",
    "conclude",
    "constraints_of",
    "detectors_reference",
    "draft_service",
    "explain",
    "find_seam",
    "github_annotations",
    "graph",
    "improved",
    "left_out",
    "look_around",
    "module_patterns",
    "propose",
    "read_baseline",
    "render",
    "sarif",
    "survey",
    "take_stock",
    "verdicts",
    "write_baseline",
]
