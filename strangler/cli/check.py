"""``strangler check``: hold what there is against each other; for CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from strangler import __version__
from strangler.cli.command import Session
from strangler.cli.command import command as _command
from strangler.cli.document import analysis_option
from strangler.cli.output import finding_fields
from strangler.cli.ratchet import check_ratchet
from strangler.files import write_file
from strangler.model import Finding, Severity
from strangler_analyzers import github_annotations, sarif


@dataclass(frozen=True)
class CheckOptions:
    """What a check may be told."""

    document: Path | None
    baseline: Path | None
    update: bool


# Each looks at what is there and returns its findings and one line on what it did.
_CHECKS: tuple[Callable[[Session, CheckOptions], tuple[Sequence[Finding], str]], ...] = (
    lambda session, options: check_ratchet(session, options.document, options.baseline, update=options.update),
)


@_command("check", example="strangler check --sarif strangler.sarif")
@analysis_option
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The accepted crossings (default: strangler-ratchet.json beside the plan).",
)
@click.option("--update", is_flag=True, help="Accept today's crossings: write the baseline anew.")
@click.option("--sarif", "sarif_path", type=click.Path(path_type=Path), metavar="FILE", help="Write findings as SARIF.")
@click.option("--github", is_flag=True, help="Print annotations for GitHub (default: where GITHUB_ACTIONS is set).")
def command(
    session: Session,
    document: Path | None,
    baseline: Path | None,
    update: bool,
    sarif_path: Path | None,
    github: bool,
) -> int:
    """Hold code and plan against each other: a planned service may not grow together with the monolith again."""
    results = [check(session, CheckOptions(document, baseline, update)) for check in _CHECKS]
    findings = [finding for found, _ in results for finding in found]
    if sarif_path is not None:
        write_file(sarif_path, sarif(findings, __version__))
    session.out.json({"findings": [finding_fields(finding) for finding in findings]})
    session.out.findings(findings)
    session.out.show(*(line for _, line in results))
    if (github or os.environ.get("GITHUB_ACTIONS") == "true") and not session.out.as_json:
        session.out.raw(github_annotations(findings))
    return int(any(finding.severity is Severity.ERROR for finding in findings))
