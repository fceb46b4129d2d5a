"""What a service would have to share with the monolith, in all: one module asks for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from strangler.analysis import Analysis
from strangler.plan import Plan
from strangler_scaffolds.crossings.rules import Crossing, Verdict


@dataclass(frozen=True)
class Library:
    """Modules that stay and that the seam cannot do without; what they come to, and the refusals they would answer.

    ``refused`` and ``left`` count refusals with the plan as it is, and with ``modules`` under ``shared:``.
    """

    modules: tuple[str, ...]
    lines: int
    tables: tuple[str, ...]
    refused: int
    left: int


def library(analysis: Analysis, plan: Plan, service: str, judge: Callable[[Plan], list[Crossing]]) -> Library | None:
    """The modules to name under ``shared:`` until no refusal asks for another; None if none does now.

    ``judge`` gives the crossings of the service under a plan.
    """
    crossings = judge(plan)
    refused, named = _refusals(crossings), set[str]()
    while missing := {crossing.stays for crossing in _refusals(crossings) if crossing.stays} - named:
        named |= missing
        crossings = judge(_sharing(plan, service, named))
    if not named:
        return None
    lines = sum(module.loc for module in analysis.modules if module.name in named)
    tables = sorted(table.name for table in analysis.tables if table.owner in named)
    return Library(tuple(sorted(named)), lines, tuple(tables), len(refused), len(_refusals(crossings)))


def _refusals(crossings: Iterable[Crossing]) -> list[Crossing]:
    return [crossing for crossing in crossings if crossing.verdict is Verdict.REFUSE]


def _sharing(plan: Plan, name: str, modules: Iterable[str]) -> Plan:
    """The plan with more modules under ``shared:`` of one service."""
    service = plan.services[name]
    more = service.model_copy(update={"shared": (*service.shared, *sorted(modules))})
    return plan.model_copy(update={"services": {**plan.services, name: more}})
