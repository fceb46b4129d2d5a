"""``strangler retire``: delete the code of a service that has moved for good."""

from __future__ import annotations

from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.cli.document import analysis_for
from strangler.cli.options import analysis_option
from strangler.cli.output import counted, finding_fields
from strangler.errors import StranglerError


@define("retire", example="strangler retire billing --dry-run")
@click.argument("service")
@click.option("--dry-run", is_flag=True, help="Show what still needs the code, and delete nothing.")
@analysis_option
def retire(session: Session, service: str, dry_run: bool, document: Path | None) -> int:
    """Delete the code of SERVICE from the monolith, if nothing that stays needs it (exit 1 if something does)."""
    plan, root = session.plan(), session.root
    analysis = analysis_for(session, document)
    findings = scaffolds.still_needed(analysis, plan, service)
    session.out.findings(findings)
    if not (findings or dry_run):
        _require_elsewhere(session, service)
    deleted = [] if findings or dry_run else scaffolds.retire(analysis, plan, service, root)
    fields = [finding_fields(finding) for finding in findings]
    session.out.json({"service": service, "deleted": deleted, "findings": fields})
    needed = f"{counted(len(findings), 'place')} left in need of the code of {service}"
    session.out.show(f"{needed}; {counted(len(deleted), 'file')} deleted")
    return 1 if findings else 0


def _require_elsewhere(session: Session, service: str) -> None:
    """Code of which no service has a copy would be gone, not moved."""
    if scaffolds.extracted(session.root, service) is None and session.plan().service(service).image is None:
        raise StranglerError(f"service '{service}' was not extracted", hint=f"strangler extract {service} comes first")


command = retire
