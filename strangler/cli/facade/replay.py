"""``strangler facade simulate``: yesterday's requests on tomorrow's table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import strangler_facade as facade
from strangler.cli.command import Session
from strangler.cli.facade.group import facade_command
from strangler.errors import StranglerError


@facade_command("simulate", example="strangler facade simulate access.log --shift billing=25")
@click.argument("log", type=click.Path(path_type=Path))
@click.option("--shift", "shifts", multiple=True, metavar="SERVICE=PERCENT", help="Imagine this service there.")
def simulate(session: Session, client: facade.AdminClient, log: Path, shifts: tuple[str, ...]) -> None:
    """Replay an access LOG on the table in force and on the next one: the plan as it is now, with --shift.

    LOG is the facade's own (JSON lines), or in the common or combined format. Nothing is sent.
    """
    then = facade.planned_table(session.plan(), client.status(), dict(map(_shift, shifts)))
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            found = facade.simulate(lines, client.routes(), then)
    except OSError as error:
        raise StranglerError(f"cannot read {log}: {error.strerror}") from error
    session.out.json(_fields(found))
    unread = f", and {found.unreadable} lines that are no request" if found.unreadable else ""
    session.out.show(f"{found.requests} requests{unread}")
    for target in sorted(found.now.keys() | found.then.keys()):
        session.out.show(f"  {target}: {found.now.get(target, 0):g} now, {found.then.get(target, 0):g} then")
    for (old, new), count in sorted(found.moved.items(), key=lambda item: -item[1]):
        session.out.show(f"  {count} requests of route {old} would be of {new}")
    if found.unknown_users:
        text = f"{found.unknown_users} requests say nothing of their user; they are dealt out by percentage"
        session.out.show(f"  {text}")


def _shift(text: str) -> tuple[str, float]:
    name, equals, percent = text.partition("=")
    try:
        value = float(percent)
    except ValueError:
        value = -1.0
    if not (equals and 0 <= value <= 100):
        raise StranglerError(f"--shift {text} is not SERVICE=PERCENT", hint="such as --shift billing=25")
    return name, value


def _fields(found: facade.Simulation) -> dict[str, Any]:
    moved = [{"from": old, "to": new, "requests": count} for (old, new), count in sorted(found.moved.items())]
    counts = {"requests": found.requests, "unreadable": found.unreadable, "unknown_users": found.unknown_users}
    return {**counts, "now": dict(found.now), "then": dict(found.then), "moved": moved}
