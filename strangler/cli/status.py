"""``strangler status``: where the migration stands, service by service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from strangler.cli.command import Session, command
from strangler.cli.facade.group import STATE
from strangler.cli.standing import Migration, Standing, check_words, gather, page, proof_words
from strangler.files import write_file


@command("status", example="strangler status --format html -o status.html")
@click.option("--admin", metavar="URL", help="The facade's admin (default: facade.admin of the plan).")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    default=STATE,
    show_default=True,
    metavar="DIR",
    help="Where the facade's token is.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "html"]), default="text", show_default=True, help="What to write."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it.")
def status(session: Session, admin: str | None, state: Path, form: str, output: Path | None) -> None:
    """Show where the migration stands: owner, crossings left, proof, traffic, data and next safe step of each service.

    Stages come from the facade, if it runs; without it a service is planned, or extracted if its code is there.
    Crossings are those that `strangler check` holds, the last line is what its last run found.
    """
    found = gather(session, admin, state)
    if form == "html":
        _page(session, found, output)
        return
    session.out.json(_fields(found))
    session.out.show(_table(found), *_next(found), check_words(found))
    if not found.facade:
        session.out.note("the facade does not answer: stages are those of the files")


def _page(session: Session, found: Migration, output: Path | None) -> None:
    if output is None:
        session.out.raw(page(found))
        return
    write_file(output, page(found))
    session.out.json({"written": str(output)})
    session.out.show(f"wrote {output}")


def _fields(found: Migration) -> dict[str, Any]:
    return {
        "monolith": found.monolith,
        "facade": found.facade,
        "services": [_service(one) for one in found.services],
        "checked": {"day": found.checked.day.isoformat(), "errors": dict(found.checked.errors)}
        if found.checked
        else None,
    }


def _service(standing: Standing) -> dict[str, Any]:
    fields = {**asdict(standing), "stage": str(standing.stage)}
    if standing.proof:
        fields["proof"]["day"] = standing.proof.day.isoformat()
    return fields


def _table(found: Migration) -> Table:
    table = Table(title=f"{found.monolith}: {len(found.services)} services")
    for column in ("service", "owner", "stage", "users", "data", "crossings", "proof"):
        table.add_column(column)
    for one in found.services:
        users = "-" if one.weight is None else f"{one.weight:g} %"
        crossings = "-" if one.crossings is None else str(one.crossings)
        table.add_row(one.name, one.owner or "-", one.stage, users, one.data or "-", crossings, proof_words(one))
    return table


def _next(found: Migration) -> Iterator[str]:
    yield from (f"next for {one.name}: {one.next}" for one in found.services)


command = status
