"""``strangler update``: bring an extracted service up to the monolith's present state."""

from __future__ import annotations

from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.cli.document import analysis_for
from strangler.cli.options import analysis_option, service_folder_option
from strangler.model import Finding, Location, Severity


@define("update", example="strangler update billing --dry-run")
@click.argument("service")
@service_folder_option
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--break-api", is_flag=True, help="Write it even if present callers would stumble over it.")
@analysis_option
def update(
    session: Session, service: str, output: Path | None, dry_run: bool, break_api: bool, document: Path | None
) -> int:
    """Merge the monolith's changes since the extraction into SERVICE, and keep what was changed there by hand.

    The client in the monolith follows. Conflicts are marked in the files (exit 1). A change that breaks callers is
    refused: monolith and service are never replaced at the same moment.
    """
    plan, root = session.plan(), session.root
    analysis = analysis_for(session, document)
    extraction = scaffolds.extract(analysis, plan, service, root)
    before = scaffolds.remembered(service, root)
    refused = [finding for finding in extraction.findings if finding.severity is Severity.ERROR]
    breaks = scaffolds.api_breaks(before, extraction.tree)
    refused += [] if break_api else breaks
    session.out.findings(refused)
    if refused:
        session.out.json({"service": service, "written": False})
        return 1
    directory = output or scaffolds.directory_of(service, root)
    new = scaffolds.accepting(before, extraction.tree, [finding.message for finding in breaks])
    merged = scaffolds.merge(before, new, directory)
    if not dry_run:
        scaffolds.write_merged(service, root, directory, merged, new)
        scaffolds.write_monolith(extraction, root, directory)
    conflicts = [_conflict(directory, path) for path in merged.conflicts]
    session.out.findings(conflicts)
    parts = {"conflicts": merged.conflicts, "kept": merged.kept, "changed": merged.changed}
    fields = {**{name: list(paths) for name, paths in parts.items()}, "written": not dry_run}
    session.out.json({"service": service, **fields})
    done = "would change" if dry_run else "changed"
    session.out.show(
        *(f"{done}: {path}" for path in merged.changed),
        f"{service}: {len(merged.changed)} of {len(merged.tree)} files {done}, "
        f"{len(merged.kept)} kept as changed by hand, {len(conflicts)} conflicts",
    )
    return 1 if conflicts else 0


def _conflict(directory: Path, path: str) -> Finding:
    hint = "look for <<<<<<< and choose"
    return Finding("UPDATE-CONFLICT", "changed here and in the monolith", Location(str(directory / path)), hint)


command = update
