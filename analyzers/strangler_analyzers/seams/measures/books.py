"""The ledger opened by module, and the border of any set of modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from strangler_analyzers.seams.measures.ledger import Entry


@dataclass(frozen=True, slots=True)
class Border:
    """What lies inside a set of modules, and what crosses its border inward and outward."""

    inside: tuple[Entry, ...]
    inward: tuple[Entry, ...]
    outward: tuple[Entry, ...]

    @property
    def crossing(self) -> tuple[Entry, ...]:
        """Both directions."""
        return (*self.inward, *self.outward)

    def by_kind(self) -> dict[str, int]:
        """How many entries cross, per kind."""
        return dict(sorted(Counter(entry.kind for entry in self.crossing).items()))


@dataclass(frozen=True, slots=True)
class Books:
    """Entries by the module at either end; those that touch a module of the kernel count for nobody's border."""

    entries: tuple[Entry, ...]
    outside: frozenset[str] = frozenset()
    _by_module: dict[str, list[Entry]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.entries:
            if entry.source not in self.outside and entry.target not in self.outside:
                self._by_module.setdefault(entry.source, []).append(entry)
                self._by_module.setdefault(entry.target, []).append(entry)

    def of(self, module: str) -> list[Entry]:
        """Every entry that begins or ends at ``module``."""
        return self._by_module.get(module, [])

    def border(self, modules: Collection[str]) -> Border:
        """The border of ``modules``."""
        own = frozenset(modules)
        inside, inward, outward = [], [], []
        for module in sorted(own):
            for entry in self.of(module):
                if entry.source == module and entry.target in own:
                    inside.append(entry)
                elif entry.source == module:
                    outward.append(entry)
                elif entry.source not in own:
                    inward.append(entry)
        return Border(tuple(inside), tuple(inward), tuple(outward))


def points(entries: Iterable[Entry]) -> int:
    """The effort points of mending all of ``entries``."""
    return sum(entry.cost for entry in entries)
