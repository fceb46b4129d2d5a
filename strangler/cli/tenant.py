"""``strangler tenant``: add, show, compare and remove tenants; a change of one tenant is a change of one folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

import strangler_deploy as deploy
from strangler.cli.command import Session, command, group
from strangler.cli.output import columns, counted
from strangler.errors import StranglerError
from strangler.files import write_file
from strangler.plan import load_tenant, tenant_from
from strangler.plan.platform import Tenant

_GROUP = group("tenant", "Add, show, compare and remove tenants.", example="strangler tenant add acme --tier premium")
_OUTPUT = click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Change this tree too.")


@command("add", parent=_GROUP, example="strangler tenant add acme --tier premium -o gitops")
@click.argument("id_", metavar="ID")
@click.option("--name", default="", metavar="TEXT", help="The customer's name.")
@click.option("--tier", metavar="NAME", help="The contract (default: the plan's first tier).")
@click.option("--isolation", type=click.Choice(["pool", "bridge", "silo"]), help="Otherwise than its tier says.")
@click.option("--cluster", metavar="NAME", help="Where it runs (default: spread evenly).")
@click.option("--service", "services", multiple=True, metavar="NAME", help="A service it has (default: all).")
@_OUTPUT
def add(
    session: Session,
    id_: str,
    name: str,
    tier: str | None,
    isolation: str | None,
    cluster: str | None,
    services: tuple[str, ...],
    output: Path | None,
) -> None:
    """Write tenants/ID.yaml, and its folder in a rendered tree; nothing else changes."""
    plan, path = session.plan(), _file(session, id_)
    if path.exists():
        raise StranglerError(f"tenant '{id_}' is there already: {path}", hint="edit its file, or choose another id")
    said: dict[str, Any] = {"name": name, "tier": tier or _first_tier(plan.platform.tiers), "isolation": isolation}
    said |= {"cluster": cluster, "services": list(services)}
    tenant = tenant_from({"id": id_, **{key: value for key, value in said.items() if value}})
    files = deploy.tenant_folder(plan, tenant)
    path.parent.mkdir(exist_ok=True)
    write_file(path, deploy.tenant_text(tenant))
    if output:
        deploy.write_tenant(output, id_, files)
    session.out.json({"written": str(path), "files": len(files), "tree": str(output) if output else None})
    session.out.show(f"added {id_}: {path}" + (f", and {len(files)} files in {output}/tenants/{id_}" if output else ""))


def _first_tier(tiers: Any) -> str:
    return "standard" if "standard" in tiers else str(next(iter(tiers)))


def _file(session: Session, id_: str) -> Path:
    tenant_from({"id": id_})  # refuses what is no id before it becomes a path
    return session.plan_path.parent / "tenants" / f"{id_}.yaml"


def _tenant(session: Session, id_: str) -> Tenant:
    path = _file(session, id_)
    if not path.exists():
        raise StranglerError(f"there is no tenant '{id_}'", hint="strangler tenant list shows them")
    return load_tenant(path)


@command("list", parent=_GROUP, example="strangler tenant list --json")
def list_tenants(session: Session) -> None:
    """Show every tenant and where it runs."""
    plan, tenants = session.plan(), session.tenants()
    deploy.require_placeable(plan, tenants)
    rows = [deploy.summary(plan, tenant) for tenant in tenants.values()]
    session.out.json({"tenants": rows})
    table = columns(counted(len(rows), "tenant"), "tenant", "tier", "isolation", "cluster", "namespace")
    for row in rows:
        table.add_row(*(row[column] for column in ("tenant", "tier", "isolation", "cluster", "namespace")))
    session.out.show(table)


@command("show", parent=_GROUP, example="strangler tenant show acme")
@click.argument("id_", metavar="ID")
def show(session: Session, id_: str) -> None:
    """Show one tenant, defaults filled in: where it runs, what it has, what it would leave behind."""
    plan, tenant = session.plan(), _tenant(session, id_)
    files = deploy.tenant_folder(plan, tenant)
    row = deploy.summary(plan, tenant)
    kept = deploy.kept(plan, tenant)
    session.out.json({**row, "files": len(files), "keeps": [asdict(item) for item in kept]})
    lines = [f"{key}: {value}" for key, value in row.items()]
    lines.append(f"files: {len(files)}")
    lines += [f"has {item.kind} {item.name} (kept {item.days} days when it leaves)" for item in kept]
    session.out.show("\n".join(lines))


@command("remove", parent=_GROUP, example="strangler tenant remove acme -o gitops")
@click.argument("id_", metavar="ID")
@_OUTPUT
def remove(session: Session, id_: str, output: Path | None) -> None:
    """Take a tenant out of the declaration; its data stays, and is named with the days it is kept."""
    plan, tenant = session.plan(), _tenant(session, id_)
    deploy.require_placeable(plan, {id_: tenant})
    kept, deleted = deploy.kept(plan, tenant), deploy.deleted(plan, tenant)
    if output:
        deploy.remove_tenant(output, id_)
    _file(session, id_).unlink()
    session.out.json({"removed": id_, "keeps": [asdict(item) for item in kept], "deletes": deleted})
    lines = [f"removed {id_}; what ran for it goes with the next sync"]
    lines += [f"keeps {item.kind} {item.name} for {item.days} days; a person deletes it then" for item in kept]
    lines += [f"deletes {item}: it was declared with retain: false" for item in deleted]
    session.out.show("\n".join(lines))


@command("compare", parent=_GROUP, example="strangler tenant compare acme")
@click.argument("id_", metavar="ID")
def compare(session: Session, id_: str) -> None:
    """Show pool, bridge and silo for one tenant side by side."""
    plan, tenants = session.plan(), session.tenants()
    choices = deploy.compare(plan, tenants, _tenant(session, id_))
    session.out.json({"tenant": id_, "choices": [_fields(choice) for choice in choices]})
    table = Table("", *(choice.isolation for choice in choices), title=f"{id_}: three ways to run it")
    rows = [_fields(choice) for choice in choices]
    for key in rows[0]:
        if key != "isolation":
            table.add_row(key.replace("_", " "), *(str(row[key]) for row in rows))
    session.out.show(table)


def _fields(choice: deploy.Choice) -> dict[str, Any]:
    fullest = choice.fullest
    return {
        "isolation": choice.isolation,
        "cluster": choice.cluster,
        "namespace": choice.namespace,
        "own_machines": choice.nodes,
        "cpu_requested": str(choice.cpu),
        "quota_headroom": f"{choice.room} x",
        "shares": choice.shared_with,
        "tenants_hit_together": choice.neighbours,
        "objects_of_its_own": choice.objects,
        "fullest_ceiling": f"{fullest.name} {fullest.used}/{fullest.limit}, {fullest.place}" if fullest else "none",
    }


@command("move", parent=_GROUP, example="strangler tenant move acme --to silo")
@click.argument("id_", metavar="ID")
@click.option("--to", "isolation", type=click.Choice(["pool", "bridge", "silo"]), required=True, help="Where to.")
@click.option(
    "--tier", metavar="NAME", help="The tier it has there (default: its own; a pool needs a tier that is one)."
)
def move(session: Session, id_: str, isolation: Any, tier: str | None) -> None:
    """Show the steps that move a tenant between pool, bridge and silo; nothing is written."""
    found = deploy.move(session.plan(), session.tenants(), id_, isolation, tier)
    session.out.json(asdict(found))
    table = columns(f"{found.tenant}: {found.source} → {found.target}", "step", "what", "how", "checked by", "way back")
    for number, step in enumerate(found.steps, 1):
        how = step.how + "".join(f"\n{count} in {folder}" for folder, count in _by_folder(step.files).items())
        table.add_row(f"{number} {step.kind}", step.what, how, step.check, step.back or "none")
    session.out.show(table)


def _by_folder(paths: Sequence[str]) -> Counter[str]:
    """How many files each folder has; there may be a hundred, and --json names them."""
    return Counter(path.rpartition("/")[0] for path in paths)


command = _GROUP
