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
from strangler.cli.output import columns, counted
from strangler.cli.standing import Migration, Standing, check_words, gather, page, platform_words, proof_words
from strangler.cli.standing.last_check import check_fields
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
    """Show where each service stands: owner, crossings left, proof, traffic, data, platform and the next safe step.

    Stages come from the facade, if it runs; without it a service is planned, or extracted if its code is there.
    Crossings and platform are what the last `strangler check` held and found; the last line is its outcome.
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
        "checked": check_fields(found.checked) if found.checked else None,
    }


def _service(standing: Standing) -> dict[str, Any]:
    fields = {**asdict(standing), "stage": str(standing.stage)}
    if standing.proof:
        fields["proof"]["day"] = standing.proof.day.isoformat()
    return fields


def _table(found: Migration) -> Table:
    table = columns(
        f"{found.monolith}: {counted(len(found.services), 'service')}",
        "service",
        "owner",
        "stage",
        "users",
        "data",
        "crossings",
        "proof",
        "platform",
    )
    for one in found.services:
        users = "-" if one.weight is None else f"{one.weight:g} %"
        crossings = "-" if one.crossings is None else str(one.crossings)
        words = (proof_words(one), platform_words(one))
        table.add_row(one.name, one.owner or "-", one.stage, users, one.data or "-", crossings, *words)
    return table


def _next(found: Migration) -> Iterator[str]:
    yield from (f"next for {one.name}: {one.next}" for one in found.services)


command = status
