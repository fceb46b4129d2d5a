"""Whose table is it: owned, shared, and those of others that a seam touches."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from strangler.analysis import Analysis, Table, TableUse
from strangler_analyzers.seams.measures.places import places


def owned_tables(analysis: Analysis, modules: Collection[str]) -> list[Table]:
    """Tables that a module of the seam declares."""
    own = frozenset(modules)
    return [table for table in analysis.tables if table.owner in own]


def table_report(table: Table, modules: Collection[str]) -> dict[str, Any]:
    """One owned table, and everybody outside the seam who reads or writes it."""
    own = frozenset(modules)
    return {
        "name": table.name,
        "model": table.model,
        "owner": table.owner,
        "readers": [_use(use) for use in table.readers if use.module not in own],
        "writers": [_use(use) for use in table.writers if use.module not in own],
    }


def _use(use: TableUse) -> dict[str, Any]:
    return {"module": use.module, "sites": max(1, len(use.evidence)), "evidence": places(use.evidence)}


def is_shared(report: dict[str, Any]) -> bool:
    """Whether somebody else writes the table: the one thing that two services must not do."""
    return bool(report["writers"])
