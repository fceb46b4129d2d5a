"""``strangler up``: run monolith, services and facade in containers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.errors import StranglerError
from strangler.files import write_file, write_tree
from strangler_scaffolds import Stack


@define("up", example="strangler up --env SHOP_DATABASE_URL=sqlite:////data/shop.db --volume ./data:/data")
@click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="A setting for monolith and services.")
@click.option("--volume", "volumes", multiple=True, metavar="HERE:THERE", help="A folder for monolith and services.")
@click.option("--base", metavar="IMAGE", help="Another base image than the Dockerfiles'.")
@click.option("--compose", type=click.Path(path_type=Path), metavar="FILE", help="Write a compose file, start nothing.")
@click.option("--down", is_flag=True, help="Stop and remove them.")
def up(
    session: Session,
    environment: Sequence[str],
    volumes: Sequence[str],
    base: str | None,
    compose: Path | None,
    down: bool,
) -> None:
    """Build and run the monolith, every extracted service of the plan, and the facade in front of them.

    They run as in production: no root, a read-only root file system, no capabilities. The facade takes customers at
    port 8080 of this machine.
    """
    stack = _stack(session, environment, volumes)
    if down:
        stopped = scaffolds.down(stack.project)
        session.out.json({"stopped": stopped})
        session.out.show(f"stopped {', '.join(stopped) or 'nothing'}")
        return
    write_tree(session.root / scaffolds.CONTAINERS, stack.files, replace=True)
    if compose is not None:
        write_file(compose, scaffolds.compose(stack))
        session.out.json({"written": str(compose), "containers": [unit.name for unit in stack.units]})
        session.out.show(f"wrote {compose}; next: docker compose -f {compose} up --build")
        return
    running = scaffolds.up(stack, session.root, session.out.note, base=base)
    session.out.json({"running": {container.name: container.url for container in running}})
    session.out.show("\n".join(f"{container.name}: {container.url}" for container in running))


def _stack(session: Session, environment: Sequence[str], volumes: Sequence[str]) -> Stack:
    plan, root = session.plan(), session.root
    names = [name for name in plan.services if (root / "services" / name / "Dockerfile").is_file()]
    if not names:
        raise StranglerError("no service of the plan has been extracted", hint="strangler extract SERVICE")
    folders = {_here(source): target for source, target in _pairs(volumes, ":").items()}
    has_dockerfile = (root / "Dockerfile").is_file()
    return scaffolds.stack_of(plan, names, _pairs(environment, "="), folders, has_dockerfile=has_dockerfile)


def _pairs(items: Sequence[str], sign: str) -> dict[str, str]:
    for item in items:
        if sign not in item:
            raise StranglerError(f"'{item}' has no '{sign}'", hint="strangler up --help shows an example")
    return {item.partition(sign)[0]: item.partition(sign)[2] for item in items}


def _here(folder: str) -> str:
    return str(Path(folder).resolve())


command = up
