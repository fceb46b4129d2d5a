"""Where seams are knotted together: each finding names the knot, its two ends and the line.

A rule is a function that reads a :class:`View`; the list below is in the order of the reference page. Nothing here
decides whether a seam is good, and no rule looks at source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from strangler.analysis import Analysis, Seam
from strangler.model import Finding
from strangler_analyzers.seams.measures.cycles import Cycle
from strangler_analyzers.seams.tangles.behaviour import (
    calls_in_loops,
    exceptions,
    handed_objects,
    inheritance,
    modules_by_name,
    signals,
    tasks_by_name,
)
from strangler_analyzers.seams.tangles.data import foreign_keys, raw_sql, shared_tables, transactions
from strangler_analyzers.seams.tangles.imports import constants, import_cycles, late_imports, patches
from strangler_analyzers.seams.tangles.state import contexts, module_state, settings_at_import
from strangler_analyzers.seams.tangles.view import View

RULES: tuple[Callable[[View], Iterator[Finding]], ...] = (
    import_cycles,
    late_imports,
    constants,
    patches,
    shared_tables,
    foreign_keys,
    transactions,
    raw_sql,
    calls_in_loops,
    handed_objects,
    inheritance,
    exceptions,
    signals,
    tasks_by_name,
    modules_by_name,
    module_state,
    settings_at_import,
    contexts,
)


def tangles(analysis: Analysis, seams: tuple[Seam, ...], shared: frozenset[str], rings: list[Cycle]) -> list[Finding]:
    """Every finding once, in the order of places."""
    view = View(analysis, seams, shared, rings)
    found = {finding: None for rule in RULES for finding in rule(view)}
    return sorted(found, key=lambda finding: finding.order)
