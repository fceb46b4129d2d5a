"""Proposes seams: an analysis goes in, the same analysis with seams and shared kernel comes out.

Nothing here reads source; :mod:`surroundings` and :mod:`history` hold what is read beside the analysis document.
"""

from strangler_analyzers.seams.around import beside, look_around
from strangler_analyzers.seams.constraints import Constraints
from strangler_analyzers.seams.draft import draft_service, find_seam, left_out, module_patterns, verdicts
from strangler_analyzers.seams.options import SeamOptions
from strangler_analyzers.seams.planned import constraints_of
from strangler_analyzers.seams.propose import propose
from strangler_analyzers.seams.surroundings import Surroundings
from strangler_analyzers.seams.weights import DEFAULT, Weights
from strangler_analyzers.seams.what_if import Change, WhatIf

__all__ = [
    "DEFAULT",
    "Change",
    "Constraints",
    "SeamOptions",
    "Surroundings",
    "Weights",
    "WhatIf",
    "beside",
    "constraints_of",
    "draft_service",
    "find_seam",
    "left_out",
    "look_around",
    "module_patterns",
    "propose",
    "verdicts",
]
