"""``strangler scaffold``: make the shell of a service that has no code to move."""

from __future__ import annotations

from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.cli.options import service_folder_option
from strangler.files import write_tree


@define("scaffold", example="strangler scaffold search -o services/search")
@click.argument("service")
@service_folder_option
def scaffold(session: Session, service: str, output: Path | None) -> None:
    """Write an empty SERVICE: health, metrics, logs, container and CI, to be filled by hand."""
    files = scaffolds.shell(session.plan(), service)
    target = output or session.root / "services" / service
    write_tree(target, files)
    session.out.json({"service": service, "directory": str(target), "files": len(files)})
    session.out.show(f"wrote {target}; start it with: python -m {service.replace('-', '_')}_service")


command = scaffold
