"""What the rules look at: the analysis, and which seam each module is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from strangler.analysis import Analysis, Evidence, Function, Seam
from strangler.model import Finding, Location, Severity
from strangler_analyzers.seams.measures.cycles import Cycle

SHARED = "shared ground"
REST = "the monolith"


@dataclass(frozen=True, slots=True)
class View:
    """The analysis with its seams; functions are found by ref."""

    analysis: Analysis
    seams: tuple[Seam, ...]
    shared: frozenset[str]
    rings: Sequence[Cycle]
    functions: dict[str, Function] = field(init=False, default_factory=dict)
    tests: frozenset[str] = field(init=False, default=frozenset())
    _seam_of: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.functions.update({function.ref: function for function in self.analysis.functions})
        self._seam_of.update({module: seam.id for seam in self.seams for module in seam.modules})
        tests = (module.name for module in self.analysis.modules if "tests" in module.roles)
        object.__setattr__(self, "tests", frozenset(tests))

    def home(self, module: str) -> str:
        """The seam of a module, or what it is part of instead."""
        return self._seam_of.get(module) or (SHARED if module in self.shared else REST)

    def crosses(self, one: str, other: str) -> bool:
        """Whether two product modules are not in the same seam, and at least one is in any."""
        if one in self.tests or other in self.tests or self.home(one) == self.home(other):
            return False
        return one in self._seam_of or other in self._seam_of

    def between_seams(self, one: str, other: str) -> bool:
        """Whether two modules are in two different seams."""
        return one in self._seam_of and other in self._seam_of and self._seam_of[one] != self._seam_of[other]


def module_of(ref: str) -> str:
    """The module of a ref."""
    return ref.partition(":")[0]


def findings(rule: str, message: str, evidence: Iterable[Evidence], hint: str) -> Iterator[Finding]:
    """One finding for each place."""
    for site in evidence:
        yield Finding(rule, message, Location(site.path, site.line), hint, Severity.WARNING)
