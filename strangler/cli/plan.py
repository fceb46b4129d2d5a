"""``strangler plan``: start, read, check and edit the plan."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import click
from rich.table import Table

from strangler.cli.command import Session, command, group
from strangler.cli.options import analysis_option
from strangler.cli.output import columns, counted, finding_fields
from strangler.errors import PlanError, StranglerError
from strangler.files import write_file
from strangler.model import Finding, Severity
from strangler.plan import Plan, first_plan, loads, packages_below, read_text, remove_service, set_value
from strangler.plan.source import parse

_GROUP = group("plan", "Start, read, check and edit the plan (strangler.yaml).", example="strangler plan validate")


@command("init", parent=_GROUP, example="strangler plan init --package shop --framework flask")
@click.option("--name", metavar="NAME", help="The monolith's name (default: the folder's).")
@click.option(
    "--package", "packages", multiple=True, required=True, metavar="NAME", help="A top-level package of the monolith."
)
@click.option(
    "--framework",
    type=click.Choice(["django", "flask", "fastapi", "starlette", "aiohttp"]),
    help="What the monolith is built on.",
)
def init(session: Session, name: str | None, packages: tuple[str, ...], framework: str | None) -> None:
    """Write a first plan; an existing one is never touched."""
    path = session.plan_path
    if path.exists():
        raise StranglerError(f"{path} exists", hint="edit it, or name another file with --plan")
    text = first_plan(name or _folder_name(path), packages, framework)
    loads(text, name=str(path))
    write_file(path, text)
    absent = _absent(packages, path, text)
    session.out.findings(absent)
    session.out.json({"written": str(path), "findings": [finding_fields(finding) for finding in absent]})
    session.out.show(f"wrote {path}; next: strangler analyze . and strangler plan accept SEAM")


def _absent(packages: tuple[str, ...], path: Path, text: str) -> list[Finding]:
    """The named packages that are not there. They only warn: the plan's root may be elsewhere."""
    here = packages_below(path.parent)
    place = parse(text, str(path)).location(("monolith", "packages"))
    return [
        Finding(
            "PLAN-PACKAGE",
            f"no package '{name}' was found near the plan",
            place,
            _meant(name, here),
            Severity.WARNING,
        )
        for name in packages
        if name.partition(".")[0] not in here
    ]


def _meant(name: str, here: set[str]) -> str:
    near = get_close_matches(name, here, n=1)
    return f"did you mean '{near[0]}'?" if near else f"found: {', '.join(sorted(here)) or 'none'}"


def _folder_name(path: Path) -> str:
    kept = (c if c.isalnum() and c.isascii() else "-" for c in path.resolve().parent.name.lower())
    return "".join(kept).strip("-") or "monolith"


@command("validate", parent=_GROUP, example="strangler plan validate --plan strangler.yaml")
def validate(session: Session) -> None:
    """Check the plan and the tenants beside it; every mistake is shown, with its line."""
    plan, tenants = session.plan(), session.tenants()
    session.out.json({"services": len(plan.services), "tenants": len(tenants), "findings": []})
    found = f"{counted(len(plan.services), 'service')}, {counted(len(tenants), 'tenant')}"
    session.out.show(f"{session.plan_path}: {found}, no mistakes")


@command("show", parent=_GROUP, example="strangler plan show --json")
def show(session: Session) -> None:
    """Print the plan as it is understood, defaults filled in."""
    plan = session.plan()
    session.out.json(plan.model_dump(mode="json"))
    session.out.show(_services_table(plan))


def _services_table(plan: Plan) -> Table:
    table = columns(
        f"{plan.monolith.name}: {counted(len(plan.services), 'service')} in the plan",
        "service",
        "owner",
        "modules",
        "tables",
        "routes",
        "steps",
    )
    for name, service in plan.services.items():
        steps = " → ".join(str(step) for step in service.rollout.steps)
        code = ", ".join(service.modules) or f"image {service.image}"
        routes = ", ".join(route.path for route in service.routes)
        table.add_row(name, service.owner or "-", code, ", ".join(service.tables), routes, steps)
    return table


@command("accept", parent=_GROUP, example="strangler plan accept billing --as invoicing")
@click.argument("seam")
@click.option("--as", "name", metavar="NAME", help="The service's name (default: the seam's).")
@analysis_option
def accept(session: Session, seam: str, name: str | None, document: Path | None) -> None:
    """Write a proposed seam into the plan: modules, tables, routes, calls, and what needs a verdict."""
    # Only here: reading and editing a plan works where the analyzers are not installed.
    from strangler.cli.accept import accept as accept_seam

    accept_seam(session, seam, name, document)


@command("set", parent=_GROUP, example="strangler plan set services.billing.upstream http://127.0.0.1:8101")
@click.argument("key")
@click.argument("value")
def set_key(session: Session, key: str, value: str) -> None:
    """Set one KEY of the plan (dotted: services.billing.owner) to VALUE, read as YAML; everything else keeps its bytes.

    An edit that would leave a mistake in the plan is not written.
    """
    path = session.plan_path
    edited = set_value(read_text(path), tuple(key.split(".")), parse(value, "VALUE").data)
    _write_valid(path, edited, f"{key} was not set")
    session.out.json({"written": str(path), "key": key})
    session.out.show(f"{path}: set {key}")


@command("remove", parent=_GROUP, example="strangler plan remove billing")
@click.argument("service")
def remove(session: Session, service: str) -> None:
    """Take SERVICE out of the plan, with the comments inside its entry; everything else keeps its bytes.

    Code that was extracted stays where it is: strangler undo SERVICE brings it back.
    """
    path = session.plan_path
    session.plan().service(service)
    _write_valid(path, remove_service(read_text(path), service), f"service '{service}' was not removed")
    session.out.json({"written": str(path), "service": service})
    session.out.show(f"{path}: removed service '{service}'")


def _write_valid(path: Path, edited: str, otherwise: str) -> None:
    try:
        loads(edited, name=str(path))
    except PlanError as error:
        raise PlanError(otherwise, error.findings, hint="nothing was written") from error
    write_file(path, edited)


command = _GROUP
