"""Which tests cover a seam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from strangler.analysis import Analysis
from strangler_analyzers.seams.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Coverage:
    """The tests that reach a set of modules, and the share of the modules that any reaches."""

    tests: list[dict[str, Any]]
    share: float


class Trials:
    """Answers which tests reach a set of modules: by imports, and by coverage contexts where they were recorded."""

    def __init__(self, analysis: Analysis, around: Surroundings) -> None:
        tests = {module.name for module in analysis.modules if "tests" in module.roles}
        self._reached: dict[str, set[str]] = {}
        for edge in analysis.edges:
            if edge.source in tests and edge.target not in tests:
                self._reached.setdefault(edge.target, set()).add(edge.source)
        for module in analysis.modules:
            for test in around.covered.get(module.path, ()):
                self._reached.setdefault(module.name, set()).add(test)

    def of(self, modules: Sequence[str]) -> Coverage:
        """The tests of ``modules``, those that reach most of them first."""
        counts: dict[str, int] = {}
        for module in modules:
            for test in self._reached.get(module, ()):
                counts[test] = counts.get(test, 0) + 1
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        covered = sum(module in self._reached for module in modules)
        return Coverage(
            [{"test": test, "modules": count} for test, count in ranked],
            round(covered / len(modules), 4) if modules else 0.0,
        )
