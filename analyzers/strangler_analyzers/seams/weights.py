"""Every number that a proposal depends on, in one place.

Fitted by ``benchmarks/fit_seams.py`` on monoliths that are modular already, leaving one out at a time; the optimum is
flat, so the values are round. docs/reference/seams.md says what each one does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _kinds() -> Mapping[str, float]:
    return {"import": 1.0, "inherit": 1.0, "call": 0.3, "data": 0.3, "task": 0.5, "route": 0.3}


@dataclass(frozen=True, slots=True)
class Weights:
    """How strongly each signal ties two modules, and how finely the result is cut.

    ``kinds`` weighs the logarithm of an edge's sites. ``damp_in`` and ``damp_out`` are the powers by which ties to
    much-used modules, and from modules that use much, fade. The similarities (``citation`` … ``trace``) are shares of
    the direct ties' total; each module keeps ``neighbours`` of them. ``defined``, ``imported`` and ``used`` mix the
    places where a domain noun occurs. ``resolution`` and ``coarse`` are modularity resolutions of the two cuts.
    """

    kinds: Mapping[str, float] = field(default_factory=_kinds)
    type_checking: float = 0.5
    damp_in: float = 0.8
    damp_out: float = 0.6
    citation: float = 0.4
    topic: float = 0.7
    directory: float = 1.25
    cochange: float = 0.2
    trace: float = 0.5
    neighbours: int = 8
    defined: float = 2.0
    imported: float = 1.0
    used: float = 1.0
    resolution: float = 1.6
    coarse: float = 1.1
    agreement: float = 2.0


DEFAULT = Weights()
