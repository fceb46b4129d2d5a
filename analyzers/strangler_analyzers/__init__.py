"""Source → facts → graph → seams. Nothing here imports or runs the code under analysis."""

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
from strangler_analyzers.report import render
from strangler_analyzers.seams import (
    Change,
    Constraints,
    SeamOptions,
    Surroundings,
    WhatIf,
    constraints_of,
    draft_service,
    find_seam,
    look_around,
    propose,
    verdicts,
)

__all__ = [
    "Baseline",
    "Change",
    "Constraints",
    "SeamOptions",
    "Surroundings",
    "WhatIf",
    "compare",
    "constraints_of",
    "draft_service",
    "find_seam",
    "github_annotations",
    "improved",
    "look_around",
    "propose",
    "read_baseline",
    "render",
    "sarif",
    "take_stock",
    "verdicts",
    "write_baseline",
]
