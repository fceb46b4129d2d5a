"""Builds a service's image."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, cast

from docker.utils.build import tar

from strangler.errors import StranglerError
from strangler_scaffolds.containers.engine import engine


def build(
    directory: Path,
    tag: str,
    tell: Callable[[str], None],
    *,
    base: str | None = None,
    dockerfile: str = "Dockerfile",
) -> str:
    """Build the image of the service in ``directory`` and give its id.

    Args:
        directory: the service's folder, with its Dockerfile.
        tag: what the image is called.
        tell: is told each step of the build.
        base: another base image than the Dockerfile's.
        dockerfile: the Dockerfile's path in ``directory``; a ``.dockerignore`` of its own may lie beside it.

    Raises:
        StranglerError: there is no Dockerfile, the engine does not answer, or a step fails.
    """
    if not (directory / dockerfile).is_file():
        raise StranglerError(f"there is no Dockerfile in {directory}", hint="strangler extract, or strangler scaffold")
    arguments = {"BASE": base} if base else {}
    with engine() as client, _context(directory, dockerfile) as context:
        stream = client.api.build(**context, tag=tag, buildargs=arguments, dockerfile=dockerfile, rm=True, decode=True)
        for event in stream:
            if "error" in event:
                raise StranglerError(f"the image could not be built: {event['error'].strip()}")
            text = str(event.get("stream", "")).strip()
            if text:
                tell(text)
        return str(client.images.get(tag).id)


@contextmanager
def _context(directory: Path, dockerfile: str) -> Iterator[dict[str, Any]]:
    """How the engine is given the folder: with the Dockerfile's own list of what to leave out, if there is one."""
    ignored = directory / f"{dockerfile}.dockerignore"
    if not ignored.is_file():
        yield {"path": str(directory)}
        return
    patterns = [*ignored.read_text(encoding="utf-8").split(), f"!{dockerfile}"]
    with closing(cast(IO[bytes], tar(directory, exclude=patterns))) as packed:
        yield {"fileobj": packed, "custom_context": True}
