"""``strangler build``: build a service's container image, or one of Strangler itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler import __version__
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.errors import StranglerError
from strangler.files import fill

_PATH = click.Path(path_type=Path)


@define("build", example="strangler build billing --tag billing:1")
@click.argument("service", required=False)
@click.option("--directory", type=_PATH, metavar="DIR", help="The service's folder (default: services/SERVICE).")
@click.option("--tag", metavar="NAME", help="The image's name (default: MONOLITH-SERVICE:latest).")
@click.option("--base", metavar="IMAGE", help="Another base image than the Dockerfile's.")
@click.option("--own", "part", type=click.Choice(list(scaffolds.PARTS)), help="The image of this part of Strangler.")
@click.option("--wheel", type=_PATH, metavar="FILE", help="With --own: this wheel of Strangler, not a release.")
def build(
    session: Session,
    service: str | None,
    directory: Path | None,
    tag: str | None,
    base: str | None,
    part: str | None,
    wheel: Path | None,
) -> None:
    """Build the container image of SERVICE (or, with --own, of the facade or the control plane), step by step."""
    if (service is None) == (part is None):
        raise StranglerError("name a service, or a part of Strangler with --own", hint="strangler build --help")
    if part is not None:
        name = tag or f"strangler-{part}:{__version__}"
        image = _own(session, part, wheel, name, base)
    else:
        plan = session.plan()
        name = tag or f"{plan.monolith.name}-{service}:latest"
        folder = directory or session.root / "services" / str(service)
        image = scaffolds.build(folder, name, session.out.note, base=base)
    session.out.json({"service": service or part, "tag": name, "image": image})
    session.out.show(f"built {name} ({image[:19]})")


def _own(session: Session, part: str, wheel: Path | None, tag: str, base: str | None) -> str:
    with tempfile.TemporaryDirectory(prefix="strangler-build-") as context:
        fill(Path(context), scaffolds.own_image(part, __version__, wheel).items())
        return scaffolds.build(Path(context), tag, session.out.note, base=base)


command = build
