"""``strangler undo``: go back to the state before an extraction."""

from __future__ import annotations

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.cli.output import counted


@define("undo", example="strangler undo billing")
@click.argument("service")
def undo(session: Session, service: str) -> None:
    """Bring the monolith back to where it was before SERVICE was extracted.

    Files that were changed since are never touched; the service's own folder stays.
    """
    paths, directory = scaffolds.undo(service, session.root)
    session.out.json({"service": service, "restored": paths, "directory": str(directory)})
    session.out.show(f"{counted(len(paths), 'file')} of the monolith as before; {directory} is left")


command = undo
