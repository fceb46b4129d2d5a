"""``strangler deploy``: render, check and explain the platform's manifests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

import strangler_deploy as deploy
from strangler.cli import live
from strangler.cli.checks.manifests import manifests
from strangler.cli.command import Session, command, group
from strangler.cli.output import counted, finding_fields
from strangler.model import Finding, Severity

_GROUP = group("deploy", "Render and check the platform's manifests.", example="strangler deploy render -o gitops")


@command("render", parent=_GROUP, example="strangler deploy render -o gitops")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR", help="The tree's folder."
)
def render(session: Session, output: Path) -> None:
    """Write the GitOps repository: every object of every cluster and tenant, one file each."""
    plan, tenants = session.plan(), session.tenants()
    with session.out.progress(f"rendering {counted(len(tenants), 'tenant')}"):
        count = deploy.render_to(output, plan, tenants)
    session.out.json({"written": str(output), "files": count, "tenants": len(tenants)})
    session.out.show(f"wrote {counted(count, 'file')} for {counted(len(tenants), 'tenant')} to {output}")


@command("check", parent=_GROUP, example="strangler deploy check gitops --crds crds")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--crds", type=click.Path(path_type=Path), metavar="DIR", help="A folder with the CRDs of custom kinds.")
@click.option("--explain", "rule", metavar="RULE", help="Say why there is a rule, and end.")
def check(session: Session, directory: Path | None, crds: Path | None, rule: str | None) -> int:
    """Check a rendered tree, or (without DIRECTORY) what the plan would render."""
    if rule:
        _explain(session, rule)
        return 0
    files, findings = manifests(session, directory, crds)
    session.out.json({"files": files, "findings": [finding_fields(finding) for finding in findings]})
    session.out.findings(findings)
    session.out.show(f"{counted(files, 'file')} checked: {_summary(findings)}")
    return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0


def _summary(findings: Sequence[Finding]) -> str:
    counts = {severity: sum(finding.severity is severity for finding in findings) for severity in Severity}
    told = [f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts.items() if count]
    return ", ".join(told) or "no findings"


def _explain(session: Session, rule: str) -> None:
    explanation = deploy.explain(rule.upper())
    session.out.json(
        {
            "rule": explanation.rule,
            "holds": explanation.holds,
            "why": explanation.why,
            "remedy": explanation.remedy,
        }
    )
    session.out.show(
        f"{explanation.rule}: {explanation.holds}\n\nWhy: {explanation.why}\n\nWhat to do: {explanation.remedy}"
    )


live.add_to(_GROUP)
live.add_evidence(_GROUP)
command = _GROUP
