"""Takes a service's code out of the monolith for good, once nothing that stays needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from strangler.analysis import Analysis
from strangler.model import Finding, Location
from strangler.plan import Plan
from strangler_scaffolds.extract import Edit
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import Territory, survey
from strangler_scaffolds.through import is_client
from strangler_scaffolds.write import DELETED, change


def still_needed(analysis: Analysis, plan: Plan, service: str) -> list[Finding]:
    """Every place outside the seam that would break without its code: imports, strings, tests included.

    Raises:
        StranglerError: the plan has no such service, or its code is gone already.
    """
    territory = survey(analysis, plan, service)
    return sorted(_needs(territory), key=lambda finding: finding.order)


def _needs(territory: Territory) -> Iterator[Finding]:
    for edge in territory.analysis.edges:
        outside = edge.source not in territory.moved
        if edge.kind == "import" and outside and edge.target in territory.moved and not is_client(edge.source):
            for site in edge.evidence:
                message = f"{edge.source} still imports {site.symbol or edge.target}"
                yield Finding("RETIRE-NEEDED", message, Location(site.path, site.line), _hint(territory, edge.source))


def _hint(territory: Territory, source: str) -> str:
    if source in territory.tests:
        return "move the test to the service, or let it go through the client"
    return "let it use the client or its own code, then analyse again"


def retire(analysis: Analysis, plan: Plan, service: str, root: Path) -> list[str]:
    """Delete the seam's modules from the monolith at ``root``, all at once; gives their paths.

    Raises:
        StranglerError: the plan has no such service, or a file cannot be deleted.
    """
    territory, sources = survey(analysis, plan, service), Sources(root)
    paths = sorted(territory.modules[name].path for name in territory.moved)
    change([Edit(path, sources.read(path), DELETED) for path in paths], root)
    return paths
