"""``strangler up``: run services in containers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.errors import StranglerError


@define("up", example="strangler up --env SHOP_DATABASE_URL=sqlite:////data/shop.db --volume ./data:/data")
@click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="A setting for every service.")
@click.option("--volume", "volumes", multiple=True, metavar="HERE:THERE", help="A folder for every service.")
@click.option("--base", metavar="IMAGE", help="Another base image than the Dockerfiles'.")
@click.option("--down", is_flag=True, help="Stop and remove them.")
def up(session: Session, environment: Sequence[str], volumes: Sequence[str], base: str | None, down: bool) -> None:
    """Build and run every extracted service of the plan, as in production: no root, read-only, no capabilities."""
    plan, root = session.plan(), session.root
    names = [name for name in plan.services if (root / "services" / name / "Dockerfile").is_file()]
    if not names:
        raise StranglerError("no service of the plan has been extracted", hint="strangler extract SERVICE")
    containers = {name: f"{plan.monolith.name}-{name}" for name in names}
    if down:
        for container in containers.values():
            scaffolds.down(container)
        session.out.json({"stopped": sorted(containers.values())})
        session.out.show(f"stopped {', '.join(sorted(containers.values()))}")
        return
    settings, folders = _pairs(environment, "="), {_here(k): v for k, v in _pairs(volumes, ":").items()}
    running = {}
    for name, container in containers.items():
        tag = f"{container}:latest"
        scaffolds.build(root / "services" / name, tag, session.out.note, base=base)
        running[name] = scaffolds.up(container, tag, settings, folders).url
    session.out.json({"running": running})
    session.out.show("\n".join(f"{name}: {url}" for name, url in running.items()))


def _pairs(items: Sequence[str], sign: str) -> dict[str, str]:
    for item in items:
        if sign not in item:
            raise StranglerError(f"'{item}' has no '{sign}'", hint="strangler up --help shows an example")
    return {item.partition(sign)[0]: item.partition(sign)[2] for item in items}


def _here(folder: str) -> str:
    return str(Path(folder).resolve())


command = up
