"""The modules that take part in a proposal, and where each one stands in every list."""

from __future__ import annotations

from dataclasses import dataclass, field

from strangler.analysis import Analysis

Pairs = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Landscape:
    """The product modules in the order of their names; ``index`` is where each name stands."""

    names: tuple[str, ...]
    index: dict[str, int] = field(repr=False)

    def __len__(self) -> int:
        return len(self.names)


def landscape(analysis: Analysis) -> Landscape:
    """The modules of ``analysis`` that can belong to a seam: tests and migrations cannot."""
    names = sorted(module.name for module in analysis.modules if module.is_product)
    return Landscape(tuple(names), {name: place for place, name in enumerate(names)})


def pair(one: int, other: int) -> tuple[int, int]:
    """The two positions as a key of :data:`Pairs`."""
    return (one, other) if one < other else (other, one)
