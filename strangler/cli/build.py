"""``strangler build``: build a service's container image."""

from __future__ import annotations

from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define


@define("build", example="strangler build billing --tag billing:1")
@click.argument("service")
@click.option("-o", "--directory", type=click.Path(path_type=Path), metavar="DIR", help="Default: services/SERVICE.")
@click.option("--tag", help="The image's name (default: MONOLITH-SERVICE:latest).")
@click.option("--base", metavar="IMAGE", help="Another base image than the Dockerfile's.")
def build(session: Session, service: str, directory: Path | None, tag: str | None, base: str | None) -> None:
    """Build the container image of SERVICE with the Docker engine, step by step."""
    plan = session.plan()
    name = tag or f"{plan.monolith.name}-{service}:latest"
    image = scaffolds.build(directory or session.root / "services" / service, name, session.out.note, base=base)
    session.out.json({"service": service, "tag": name, "image": image})
    session.out.show(f"built {name} ({image[:19]})")


command = build
