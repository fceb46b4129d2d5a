"""``strangler check``: hold code, plan, traffic, manifests and proofs against each other; for CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from strangler import __version__
from strangler.cli.checks import Checked, Wanted
from strangler.cli.checks.manifests import check_cluster, check_manifests, of_service
from strangler.cli.checks.proofs import check_proofs
from strangler.cli.checks.ratchet import check_code
from strangler.cli.checks.traffic import check_traffic
from strangler.cli.command import Session
from strangler.cli.command import command as _command
from strangler.cli.facade.group import STATE
from strangler.cli.options import analysis_option
from strangler.cli.output import finding_fields
from strangler.cli.standing.last_check import LastCheck, Tally, remember, tally
from strangler.errors import StranglerError
from strangler.files import write_file
from strangler.model import Severity
from strangler_analyzers import github_annotations, sarif

_CHECKS: dict[str, Callable[[Session, Wanted], Checked]] = {
    "code": check_code,
    "traffic": check_traffic,
    "manifests": check_manifests,
    "cluster": check_cluster,
    "proofs": check_proofs,
}
_FILE = click.Path(path_type=Path)


@_command("check", example="strangler check --sarif strangler.sarif")
@analysis_option
@click.option(
    "--baseline",
    type=_FILE,
    metavar="FILE",
    help="The accepted crossings (default: strangler-ratchet.json beside the plan).",
)
@click.option("--update", is_flag=True, help="Accept today's crossings: write the baseline anew.")
@click.option("--only", metavar="CHECK", multiple=True, type=click.Choice(list(_CHECKS)), help="This one; repeatable.")
@click.option(
    "--admin", metavar="URL", help="A facade that must answer (default: facade.admin of the plan, if it does)."
)
@click.option(
    "--state", type=_FILE, default=STATE, show_default=True, metavar="DIR", help="Where the facade's token is."
)
@click.option("--manifests", type=_FILE, metavar="DIR", help="A rendered tree (default: gitops beside the plan).")
@click.option("--crds", type=_FILE, metavar="DIR", help="A folder with the CRDs of custom kinds.")
@click.option("--cluster", metavar="NAME", help="Also ask this cluster of the plan what is not as declared.")
@click.option("--context", metavar="NAME", help="The kubeconfig's context for it.")
@click.option("--proof-days", default=90, show_default=True, metavar="DAYS", help="How old a proof may be.")
@click.option("--sarif", "sarif_path", type=_FILE, metavar="FILE", help="Write findings as SARIF.")
@click.option("--github", is_flag=True, help="Print annotations for GitHub (default: where GITHUB_ACTIONS is set).")
def command(session: Session, only: Sequence[str], sarif_path: Path | None, github: bool, **flags: Any) -> int:
    """Hold code, plan, traffic, manifests and proofs against each other; each check runs when its input is there.

    A planned service may not grow together with the monolith again, the facade routes what the plan says, the
    manifests are what it renders and pass their rules, and no user depends on a service without a proof.
    """
    wanted = Wanted(**flags)
    _require_input(only, wanted)
    results = [check(session, wanted) for name, check in _CHECKS.items() if not only or name in only]
    findings = [finding for result in results for finding in result.findings]
    remember(session.plan_path.parent, LastCheck(*_tallies(session, results)))
    if sarif_path is not None:
        write_file(sarif_path, sarif(findings, __version__))
    checks = [{"name": one.name, "ran": one.ran, "summary": one.line} for one in results]
    session.out.json({"checks": checks, "findings": [finding_fields(finding) for finding in findings]})
    session.out.findings(findings)
    session.out.show(*(f"{one.name:9} {'' if one.ran else 'skipped: '}{one.line}" for one in results))
    if (github or os.environ.get("GITHUB_ACTIONS") == "true") and not session.out.as_json:
        session.out.raw(github_annotations(findings))
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def _tallies(session: Session, results: Sequence[Checked]) -> tuple[dict[str, Tally], dict[str, Tally]]:
    """What each check found, and what that of the manifests found of each service."""
    ran, day = {one.name: one for one in results if one.ran}, date.today()
    found = ran["manifests"].findings if "manifests" in ran else ()
    services = session.plan().services if "manifests" in ran else ()
    platform = {name: tally(of_service(session, name, found), day) for name in services}
    return {name: tally(one.findings, day) for name, one in ran.items()}, platform


def _require_input(only: Sequence[str], wanted: Wanted) -> None:
    if "cluster" in only and not (wanted.cluster or wanted.context):
        raise StranglerError("which cluster shall be asked?", hint="name it with --cluster or --context")
