"""Source → facts → graph → seams. Nothing here imports or runs the code under analysis."""

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
    "SeamOptions",
    "Surroundings",
    "draft_service",
    "find_seam",
    "propose",
    "render",
    "verdicts",
]
