"""Plan against proofs: a service that carries users was proven, and is still what was proven."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from strangler.cli.checks import Checked, Wanted
from strangler.cli.command import Session
from strangler.cli.output import counted
from strangler.cli.standing.gather import Standing, gather
from strangler.model import Finding, Severity, Stage
from strangler.plan import Places
from strangler_scaffolds import Proven

_NAME = "proofs"


def check_proofs(session: Session, wanted: Wanted) -> Checked:
    """Look for the proof of each extracted service; what is missing is an error once users depend on it."""
    services = gather(session, wanted.admin, wanted.state).services
    owing = [one for one in services if one.moved and one.stage is not Stage.RETIRED]
    if not owing:
        return Checked(_NAME, "no service of the plan was extracted yet", ran=False)
    oldest = date.today() - timedelta(days=wanted.proof_days)
    findings = list(_findings(owing, oldest, Places(session.plan_path)))
    return Checked(_NAME, f"{counted(len(owing), 'service')}, {len(findings)} without a proof that counts", findings)


def _findings(services: list[Standing], oldest: date, places: Places) -> Iterator[Finding]:
    for service in services:
        trouble = _trouble(service.proof, oldest)
        if trouble:
            rule, message = trouble
            severity = Severity.ERROR if service.weight else Severity.WARNING
            place = places.location(f"strangler.yaml services.{service.name}")
            hint = f"strangler prove {service.name}"
            yield Finding(rule, f"service '{service.name}' {message}", place, hint, severity)


def _trouble(proof: Proven | None, oldest: date) -> tuple[str, str] | None:
    if proof is None:
        return "PROOF-MISSING", "was never proven"
    if not proof.holds:
        return "PROOF-FAILED", f"failed its proof of {proof.day}"
    if not proof.fresh:
        return "PROOF-STALE", f"has changed since its proof of {proof.day}"
    if proof.day < oldest:
        return "PROOF-OLD", f"was last proven on {proof.day}"
    return None
