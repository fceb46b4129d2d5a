"""Seam → service, client, proof. Nothing here reads source to find crossings: the analysis document has them."""

from __future__ import annotations

from pathlib import Path

from strangler.analysis import Analysis
from strangler.plan import Plan
from strangler_scaffolds.crossings import RULES, Crossing, Rule, Verdict, crossings_of
from strangler_scaffolds.entries import CallGraph, Entry
from strangler_scaffolds.extract import Edit, Extraction, extract_service
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import survey
from strangler_scaffolds.write import diff, undo, write

__all__ = [
    "RULES",
    "Crossing",
    "Edit",
    "Entry",
    "Extraction",
    "Rule",
    "Verdict",
    "crossings",
    "diff",
    "extract",
    "undo",
    "write",
]


def crossings(analysis: Analysis, plan: Plan, service: str) -> list[Crossing]:
    """Everything that crosses the border of a service of the plan, by place; reads no source.

    Raises:
        StranglerError: the plan has no such service, or it has no modules.
    """
    territory = survey(analysis, plan, service)
    return crossings_of(territory, CallGraph(territory))


def extract(analysis: Analysis, plan: Plan, service: str, root: Path) -> Extraction:
    """Work out the extraction of a service of the plan from the monolith at ``root``; nothing is written.

    Raises:
        StranglerError: the plan has no such service, it has no modules, or a source cannot be read or parsed.
    """
    return extract_service(analysis, plan, service, Sources(root))
