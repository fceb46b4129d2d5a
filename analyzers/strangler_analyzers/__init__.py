"""Source → facts → graph → seams. Nothing here imports or runs the code under analysis."""

from strangler_analyzers.report import render
from strangler_analyzers.seams import Constraints, SeamOptions, Surroundings, draft_service, propose

__all__ = ["Constraints", "SeamOptions", "Surroundings", "draft_service", "propose", "render"]
