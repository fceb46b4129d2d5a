"""The commands that change where traffic goes; each asks for a reason, and shows where the service then stands."""

from __future__ import annotations

from typing import Any

import click

from strangler.cli.command import Session
from strangler.cli.facade.group import facade_command, reason_option
from strangler.errors import StranglerError
from strangler_facade import AdminClient


def _moved(session: Session, service: dict[str, Any]) -> None:
    session.out.json(service)
    mirrored = ", mirrored" if service["mirrored"] else ""
    session.out.show(f"{service['name']}: {service['stage']}, {service['weight']:g} % of its users{mirrored}")
    for warning in service["warnings"]:
        session.out.note(f"warning: {warning}")


@facade_command("shift", example='strangler facade shift billing 25 --reason "no differences in 3 days"')
@click.argument("service")
@click.argument("percent", type=click.FloatRange(0, 100))
@reason_option()
def shift(session: Session, client: AdminClient, service: str, percent: float, reason: str) -> None:
    """Give SERVICE that many percent of its users: 100 makes it live, 0 sends all back and mirrors."""
    _moved(session, client.shift(service, percent, reason))


@facade_command("shadow", example='strangler facade shadow billing on --reason "does it answer the same?"')
@click.argument("service")
@click.argument("switch", type=click.Choice(["on", "off"]))
@reason_option()
def shadow(session: Session, client: AdminClient, service: str, switch: str, reason: str) -> None:
    """Mirror the requests of SERVICE's routes to it, and count how its answers differ."""
    _moved(session, client.shadow(service, switch == "on", reason))


@facade_command("stage", example='strangler facade stage billing split --reason "its own store is verified"')
@click.argument("service")
@click.argument("stage", type=click.Choice(["extracted", "shadow", "canary", "live", "split", "retired"]))
@reason_option()
def stage(session: Session, client: AdminClient, service: str, stage: str, reason: str) -> None:
    """Move SERVICE to a neighbouring stage, or back."""
    _moved(session, client.stage(service, stage, reason))


@facade_command("attest", example='strangler facade attest billing reverse-replication --reason "lag < 1 s for a week"')
@click.argument("service")
@click.argument("what", type=click.Choice(["backfill-verified", "reverse-replication", "code-restored"]))
@click.option("--no", "denied", is_flag=True, help="It does not hold any more.")
@reason_option()
def attest(session: Session, client: AdminClient, service: str, what: str, denied: bool, reason: str) -> None:
    """Record what you have verified about SERVICE's data or code; moves depend on it."""
    _moved(session, client.attest(service, reason, **{what.replace("-", "_"): not denied}))


@facade_command("rollout", example='strangler facade rollout billing start --reason "release 14"')
@click.argument("service")
@click.argument("action", type=click.Choice(["start", "pause", "resume", "approve", "abort"]))
@reason_option()
def rollout(session: Session, client: AdminClient, service: str, action: str, reason: str) -> None:
    """Let SERVICE take its steps by itself, watched by the plan's gates."""
    answer = client.rollout(service, action, reason)
    session.out.json(answer)
    progress = answer["rollout"]
    steps = " → ".join(str(step) for step in progress["steps"])
    at = f"{progress['status']} at {answer['weight']:g} %"
    session.out.show(f"{service}: {at} (steps {steps}, bake {progress['bake']:g} s)")


@facade_command("rollback", example='strangler facade rollback billing --reason "wrong totals"')
@click.argument("service", required=False)
@click.option("--to", "version", type=click.IntRange(min=1), metavar="VERSION", help="Put this version in force again.")
@reason_option()
def rollback(session: Session, client: AdminClient, service: str | None, version: int | None, reason: str) -> None:
    """Send all of SERVICE's users back to the monolith, or the whole table back to a version."""
    if (service is None) == (version is None):
        raise StranglerError("roll back what?", hint="name a SERVICE, or --to VERSION")
    if service is not None:
        _moved(session, client.rollback(service, reason))
        return
    answer = client.restore(version or 0, reason)
    session.out.json(answer)
    session.out.show(f"version {version} is in force again, as version {answer['version']}")
