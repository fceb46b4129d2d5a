"""``strangler extract``: move a service's code out of the monolith."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session, command
from strangler.cli.crossings import report_crossings
from strangler.cli.data_taken import data_lines
from strangler.cli.document import analysis_for
from strangler.cli.options import analysis_option, service_folder_option
from strangler.cli.output import counted, finding_fields
from strangler.errors import StranglerError
from strangler.model import Severity
from strangler_scaffolds import Extraction


@command("extract", example="strangler extract billing -o services/billing --dry-run")
@click.argument("service")
@service_folder_option
@click.option("--check", is_flag=True, help="Judge every crossing and write nothing.")
@click.option("--dry-run", is_flag=True, help="Show the changes in the monolith as a diff, and write nothing.")
@analysis_option
def extract(
    session: Session, service: str, output: Path | None, check: bool, dry_run: bool, document: Path | None
) -> int:
    """Move the code of SERVICE into a service of its own, and call it through a client from the monolith.

    Refusals (exit 1) stop it: mend them, or waive them by name in the plan.
    """
    plan, root = session.plan(), session.root
    analysis = analysis_for(session, document)
    if check:
        return report_crossings(session, service, analysis)
    _require_in_place(root, service)
    with session.out.progress(f"extracting {service}"):
        extraction = scaffolds.extract(analysis, plan, service, root)
    session.out.findings([f for f in extraction.findings if f.severity is not Severity.NOTE])
    refused = sum(finding.severity is Severity.ERROR for finding in extraction.findings)
    target = output or root / "services" / service
    written = not (refused or dry_run)
    if dry_run and not session.out.as_json:
        session.out.raw("".join(scaffolds.diff(extraction)))
    if written:
        scaffolds.write(extraction, root, target)
    session.out.json(_fields(extraction, target, written=written))
    session.out.show(_summary(extraction, target, refused, written=written))
    return 1 if refused else 0


def _require_in_place(root: Path, service: str) -> None:
    """A second extraction would find the client where the calls were, and write one without any function."""
    there = scaffolds.extracted(root, service)
    if there is not None:
        hint = f"strangler update {service} brings it up to monolith and plan, strangler undo {service} goes back"
        raise StranglerError(f"service '{service}' was extracted already, into {there}", hint=hint)


def _fields(extraction: Extraction, target: Path, *, written: bool) -> dict[str, object]:
    return {
        "service": extraction.service,
        "directory": str(target),
        "written": written,
        "files": len(extraction.tree),
        "domain": extraction.origin,
        "changed": [edit.path for edit in extraction.edits if edit.before is not None],
        "added": [edit.path for edit in extraction.edits if edit.before is None],
        "entries": {entry.ref: entry.kind for entry in extraction.entries},
        "tests": list(extraction.tests.paths),
        "tests_that_stay": [asdict(stayed) for stayed in extraction.tests.stayed],
        "findings": [finding_fields(finding) for finding in extraction.findings],
    }


def _summary(extraction: Extraction, target: Path, refused: int, *, written: bool) -> str:
    origins = Counter(extraction.origin.values())
    changed = sum(edit.before is not None for edit in extraction.edits)
    what = (
        f"{extraction.service}: {counted(origins['moved'], 'file')} moved unchanged, {origins['shared']} shared, "
        f"{origins['cut']} in part; "
        f"{counted(len(extraction.entries), 'function')} behind the client, "
        f"{counted(changed, 'file')} of the monolith changed{_tests(extraction)}"
    )
    what = "\n".join([what, *data_lines(extraction.data)])
    if refused:
        return f"{what}\nnothing was written: {counted(refused, 'refusal')}"
    return f"{what}\nwritten to {target}; next: strangler prove {extraction.service}" if written else what


def _tests(extraction: Extraction) -> str:
    going, staying = len(extraction.tests.paths), len(extraction.tests.stayed)
    go, stay = "goes" if going == 1 else "go", "stays" if staying == 1 else "stay"
    said = f"\ntests of the moved code: {counted(going, 'file')} {go} with it, {staying} {stay}"
    return said if going or staying else ""


command = extract
