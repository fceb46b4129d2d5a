"""``strangler status``: where the migration stands, service by service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from strangler.cli.command import Session, command
from strangler.cli.facade.group import STATE, connect
from strangler.errors import UpstreamError
from strangler.model import Stage
from strangler.plan import Plan, Service

_NEXT: Mapping[Stage, str] = {
    Stage.PLANNED: "strangler extract {name}",
    Stage.EXTRACTED: "strangler facade shadow {name} on",
    Stage.SHADOW: "strangler facade shift {name} 1",
    Stage.CANARY: "strangler facade shift {name} PERCENT",
    Stage.LIVE: "give it a store of its own",
    Stage.SPLIT: "strangler retire {name}",
    Stage.RETIRED: "nothing: it has moved",
}


@dataclass(frozen=True)
class Standing:
    """One service's line."""

    name: str
    owner: str | None
    stage: Stage
    weight: float | None
    upstream: str | None
    modules: int
    routes: int
    waived: int
    next: str


@command("status", example="strangler status --json")
@click.option("--admin", metavar="URL", help="The facade's admin (default: facade.admin of the plan).")
@click.option("--state", type=click.Path(path_type=Path), default=STATE, show_default=True, metavar="DIR")
def status(session: Session, admin: str | None, state: Path) -> None:
    """Show where the migration stands, service by service, and the next step of each.

    Stages come from the facade, if it runs; without it a service is planned, or extracted if its code is there.
    """
    plan = session.plan()
    live = _live(session, admin, state)
    standings = [_standing(session, plan, name, live) for name in plan.services]
    services = [{**asdict(standing), "stage": str(standing.stage)} for standing in standings]
    session.out.json({"monolith": plan.monolith.name, "facade": live is not None, "services": services})
    session.out.show(_table(plan, standings))
    if live is None:
        session.out.note("the facade does not answer: stages are those of the files")


def _live(session: Session, admin: str | None, state: Path) -> Mapping[str, Any] | None:
    """The facade's services by name, None if it does not run."""
    try:
        with connect(session, admin, state) as client:
            return {service["name"]: service for service in client.status()["services"]}
    except UpstreamError:
        return None


def _standing(session: Session, plan: Plan, name: str, live: Mapping[str, Any] | None) -> Standing:
    service, seen = plan.services[name], (live or {}).get(name)
    stage = Stage(seen["stage"]) if seen and service.upstream else _on_disk(session, name, service)
    return Standing(
        name=name,
        owner=service.owner,
        stage=stage,
        weight=float(seen["weight"]) if seen else None,
        upstream=service.upstream,
        modules=len(service.modules),
        routes=len(service.routes),
        waived=len(service.waive),
        next=_NEXT[stage].format(name=name),
    )


def _on_disk(session: Session, name: str, service: Service) -> Stage:
    extracted = service.image is not None or (session.root / "services" / name).is_dir()
    return Stage.EXTRACTED if extracted else Stage.PLANNED


def _table(plan: Plan, standings: list[Standing]) -> Table:
    table = Table(title=f"{plan.monolith.name}: {len(standings)} services")
    for column in ("service", "owner", "stage", "users", "next step"):
        table.add_column(column)
    for standing in standings:
        users = "-" if standing.weight is None else f"{standing.weight:g} %"
        table.add_row(standing.name, standing.owner or "-", standing.stage, users, standing.next)
    return table


command = status
