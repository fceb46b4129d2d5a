"""What a proposal may be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from strangler_analyzers.seams.constraints import Constraints
from strangler_analyzers.seams.surroundings import Surroundings
from strangler_analyzers.seams.weights import DEFAULT, Weights


@dataclass(frozen=True, slots=True)
class SeamOptions:
    """How seams are proposed.

    ``names`` allows a look at folder names, ``wanted`` is a number of seams and ``size`` a mean number of modules
    per seam to aim at (default: neither), ``constraints`` what the user knows better, ``surroundings`` what is known
    beside the source: history, owners, traces. ``cochange`` lets what changes together tie (otherwise history
    only tells authors and leakage). ``seed`` shifts every random order.
    """

    names: bool = True
    wanted: int | None = None
    size: int | None = None
    constraints: Constraints = field(default_factory=Constraints)
    surroundings: Surroundings = field(default_factory=Surroundings)
    weights: Weights = DEFAULT
    cochange: bool = False
    seed: int = 0
