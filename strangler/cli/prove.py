"""``strangler prove``: run the monolith's own tests against the extracted service."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.table import Table

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session, command
from strangler.cli.output import columns, counted, finding_fields
from strangler.errors import StranglerError
from strangler.files import write_tree
from strangler_scaffolds import Proof, ProofOptions


@command("prove", example="strangler prove billing --phases ABCD")
@click.argument("service")
@click.option(
    "--phases",
    default="ABCDH",
    show_default=True,
    metavar="LETTERS",
    help="A baseline, B client, C codec, D remote, H faults.",
)
@click.option("--mutants", default=20, show_default=True, metavar="N", help="How many faults to put into the service.")
@click.option("--seed", default=1, show_default=True, metavar="N", help="Draws the faults.")
@click.option(
    "--local-only-ceiling", default=0.10, show_default=True, metavar="SHARE", help="How many tests may be local only."
)
@click.option("--kill-floor", default=0.80, show_default=True, metavar="SHARE", help="How many faults must be noticed.")
@click.option("--python", metavar="PATH", help="An interpreter that can run the service.")
@click.option("--keep", type=click.Path(path_type=Path), metavar="DIR", help="Leave trees and logs there.")
def prove(
    session: Session,
    service: str,
    phases: str,
    mutants: int,
    seed: int,
    local_only_ceiling: float,
    kill_floor: float,
    python: str | None,
    keep: Path | None,
) -> int:
    """Run the monolith's own tests, untouched: as it was, through the client, through the codec, against SERVICE.

    The outcome of each test must be the same every time. This runs the monolith's code, by the plan's test command.
    """
    plan, root = session.plan(), session.root
    if set(phases.upper()) - set("ABCDH"):
        raise StranglerError(f"unknown phase in '{phases}'", hint="the phases are A, B, C, D and H")
    if "H" in phases.upper() and "D" not in phases.upper():
        raise StranglerError("faults are put into the service that phase D runs", hint=f"--phases {phases.upper()}D")
    options = ProofOptions(phases.upper(), mutants, seed, local_only_ceiling, kill_floor, python, keep)
    proof = scaffolds.prove(plan, service, root, options, session.out.note)
    findings = list(proof.findings())
    where = root / scaffolds.PROOFS / service
    stamp = scaffolds.proof_stamp(root, service, date.today())
    write_tree(where, {**scaffolds.proof_pages(proof), **stamp}, replace=True)
    session.out.findings(findings)
    session.out.json({**scaffolds.proof_fields(proof), "findings": [finding_fields(f) for f in findings]})
    session.out.show(_table(proof), _sum(proof, where))
    return 0 if proof.holds else 1


def _table(proof: Proof) -> Table:
    table = columns(
        f"{proof.service}: the monolith's own tests", "", "run", "outcomes", "tests by way", "differences", "seconds"
    )
    for phase, fields in zip(proof.phases, scaffolds.proof_fields(proof)["phases"], strict=True):
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in phase.counts.items())
        ways = ", ".join(f"{count} {way}" for way, count in fields["ways"].items())
        differences = str(len(fields["differences"]))
        table.add_row(phase.name, phase.title, outcomes, ways, differences, f"{phase.seconds:.0f}")
    return table


def _sum(proof: Proof, where: Path) -> str:
    lines = [
        f"{counted(proof.touching, 'test')} in reach of the seam, {len(proof.local_only)} proven with local code only"
    ]
    if proof.kill_rate is not None:
        noticed = sum(bool(mutant.killed_by) for mutant in proof.mutants)
        lines.append(f"{noticed} of {len(proof.mutants)} faults put into the service were noticed")
    if proof.flaky:
        lines.append(f"{len(proof.flaky)} tests differ by themselves and are left out")
    return "\n".join([*lines, f"report: {where / 'index.html'}"])


command = prove
