"""``strangler undo``: go back to the state before an extraction."""

from __future__ import annotations

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define


@define("undo", example="strangler undo billing")
@click.argument("service")
def undo(session: Session, service: str) -> None:
    """Bring the monolith back to where it was before SERVICE was extracted.

    Files that were changed since are never touched; the service's own folder stays.
    """
    paths, directory = scaffolds.undo(service, session.root)
    session.out.json({"service": service, "restored": paths, "directory": str(directory)})
    session.out.show(f"{len(paths)} files of the monolith are as they were; the service's folder {directory} is left")


command = undo
