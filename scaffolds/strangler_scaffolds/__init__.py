"""Seam → service, client, proof. Nothing here reads source to find crossings: the analysis document has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strangler.analysis import Analysis
from strangler.plan import Plan
from strangler_scaffolds.containers import FOLDER as CONTAINERS
from strangler_scaffolds.containers import Running, Stack, Unit, build, compose, down, stack_of, up
from strangler_scaffolds.crossings import RULES, Crossing, Library, Rule, Verdict, crossings_of, library
from strangler_scaffolds.django_project import find_project, host_modules
from strangler_scaffolds.entries import CallGraph, Entry
from strangler_scaffolds.extract import Edit, Extraction, extract_service
from strangler_scaffolds.hosting import mounting_modules
from strangler_scaffolds.observe import observe
from strangler_scaffolds.own import PARTS, own_image
from strangler_scaffolds.prediction import ROUND_TRIP_MS, Added, predict
from strangler_scaffolds.proof import MutantResult, Phase, Proof, as_html, prove
from strangler_scaffolds.proof import Options as ProofOptions
from strangler_scaffolds.proof import as_json as proof_fields
from strangler_scaffolds.proof.report import dumps
from strangler_scaffolds.proof.stamp import PROOFS, Proven, extracted, proven
from strangler_scaffolds.proof.stamp import stamp as proof_stamp
from strangler_scaffolds.reference import crossings_reference
from strangler_scaffolds.retire import retire, still_needed
from strangler_scaffolds.seen import OBSERVED, Observed, recall
from strangler_scaffolds.seen import dump as dump_observed
from strangler_scaffolds.shell import shell
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import survey
from strangler_scaffolds.through import through_clients
from strangler_scaffolds.update import Merged, accepting, api_breaks, merge, remember, remembered, write_merged
from strangler_scaffolds.write import diff, directory_of, generated, undo, write_monolith
from strangler_scaffolds.write import write as write_extraction

__all__ = [
    "CONTAINERS",
    "OBSERVED",
    "PARTS",
    "PROOFS",
    "ROUND_TRIP_MS",
    "RULES",
    "Added",
    "Crossing",
    "Edit",
    "Entry",
    "Extraction",
    "Library",
    "Merged",
    "MutantResult",
    "Observed",
    "Phase",
    "Proof",
    "ProofOptions",
    "Proven",
    "Rule",
    "Running",
    "Stack",
    "Unit",
    "Verdict",
    "accepting",
    "added_calls",
    "api_breaks",
    "build",
    "compose",
    "crossings",
    "crossings_reference",
    "diff",
    "directory_of",
    "down",
    "dump_observed",
    "extract",
    "extracted",
    "generated",
    "library_for",
    "merge",
    "observe",
    "observed",
    "own_image",
    "proof_fields",
    "proof_pages",
    "proof_stamp",
    "prove",
    "proven",
    "remembered",
    "retire",
    "shell",
    "stack_of",
    "still_needed",
    "undo",
    "up",
    "write",
    "write_merged",
    "write_monolith",
]


def observed(root: Path) -> dict[str, Observed]:
    """What `strangler observe` has seen in the monolith at ``root``, by function; nothing if it was never run.

    Raises:
        StranglerError: the file cannot be read.
    """
    return recall(Sources(root))


def crossings(
    analysis: Analysis, plan: Plan, service: str, seen: Mapping[str, Observed] | None = None
) -> list[Crossing]:
    """Everything that crosses the border of a service of the plan, by place; reads no source.

    Raises:
        StranglerError: the plan has no such service, or it has no modules.
    """
    analysis = through_clients(analysis)
    first = survey(analysis, plan, service)
    project = find_project(first)
    hosts = host_modules(first) if project else mounting_modules(first)
    territory = survey(analysis, plan, service, hosts=hosts, parts=project.parts if project else ())
    return crossings_of(territory, CallGraph(territory, seen or {}))


def library_for(
    analysis: Analysis, plan: Plan, service: str, seen: Mapping[str, Observed] | None = None
) -> Library | None:
    """What would have to be named under ``shared:`` so that nothing the seam needs stays; None if nothing does.

    Raises:
        StranglerError: as for ``crossings``.
    """
    return library(analysis, plan, service, lambda planned: crossings(analysis, planned, service, seen))


def added_calls(analysis: Analysis, plan: Plan, service: str) -> list[Added]:
    """What each route and task of the monolith will call over the border of a service, dearest first.

    Raises:
        StranglerError: the plan has no such service, or it has no modules.
    """
    territory = survey(through_clients(analysis), plan, service)
    return predict(territory, CallGraph(territory))


def extract(analysis: Analysis, plan: Plan, service: str, root: Path) -> Extraction:
    """Work out the extraction of a service of the plan from the monolith at ``root``; nothing is written.

    Raises:
        StranglerError: the plan has no such service, it has no modules, or a source cannot be read or parsed.
    """
    return extract_service(analysis, plan, service, Sources(root))


def write(extraction: Extraction, root: Path, directory: Path) -> None:
    """Write the service's tree to ``directory`` and the changes into the monolith at ``root``, all of them or none.

    Raises:
        OutputError: ``directory`` holds something else, or a file of the monolith has changed since it was read.
    """
    write_extraction(extraction, root, directory)
    remember(extraction.service, root, extraction.tree)


def proof_pages(proof: Proof) -> dict[str, str]:
    """The report of a proof as files: a page for people, JSON, and what each phase printed."""
    said = {f"{phase.name}.log": phase.said for phase in proof.phases}
    return {"index.html": as_html(proof), "proof.json": dumps(proof), **said}
