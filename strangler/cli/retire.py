"""``strangler retire``: delete the code of a service that has moved for good."""

from __future__ import annotations

from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.cli.document import analysis_for
from strangler.cli.options import analysis_option
from strangler.cli.output import finding_fields


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
    deleted = [] if findings or dry_run else scaffolds.retire(analysis, plan, service, root)
    fields = [finding_fields(finding) for finding in findings]
    session.out.json({"service": service, "deleted": deleted, "findings": fields})
    session.out.show(f"{len(findings)} places still need the code of {service}; {len(deleted)} files deleted")
    return 1 if findings else 0


command = retire
