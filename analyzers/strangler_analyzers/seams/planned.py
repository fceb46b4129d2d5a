"""What the plan says already, as constraints on a proposal."""

from __future__ import annotations

from collections.abc import Iterable

from strangler.analysis import Analysis
from strangler.plan import Plan
from strangler_analyzers.seams.constraints import Constraints


def constraints_of(plan: Plan, analysis: Analysis) -> Constraints:
    """Each service's modules and tables pinned to it; patterns and tables that the code lacks are passed over.

    So are tests and migrations: they go where what they test or migrate goes.
    """
    known = [module.name for module in analysis.modules if module.is_product]
    tables = {table.name for table in analysis.tables}
    pinned = {
        module: name
        for name, service in plan.services.items()
        for pattern in service.modules
        for module in _named(pattern, known)
    }
    owned = {table: name for name, service in plan.services.items() for table in service.tables if table in tables}
    return Constraints(pinned=pinned, tables=owned)


def _named(pattern: str, known: Iterable[str]) -> list[str]:
    if pattern.endswith(".*"):
        return [name for name in known if name.startswith(pattern[:-1])]
    return [name for name in known if name == pattern]
