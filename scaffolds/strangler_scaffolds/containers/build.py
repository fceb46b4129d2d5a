"""Builds a service's image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from strangler.errors import StranglerError
from strangler_scaffolds.containers.engine import engine


def build(directory: Path, tag: str, tell: Callable[[str], None], *, base: str | None = None) -> str:
    """Build the image of the service in ``directory`` and give its id.

    Args:
        directory: the service's folder, with its Dockerfile.
        tag: what the image is called.
        tell: is told each step of the build.
        base: another base image than the Dockerfile's.

    Raises:
        StranglerError: there is no Dockerfile, the engine does not answer, or a step fails.
    """
    if not (directory / "Dockerfile").is_file():
        raise StranglerError(f"there is no Dockerfile in {directory}", hint="strangler extract, or strangler scaffold")
    arguments = {"BASE": base} if base else {}
    with engine() as client:
        stream = client.api.build(path=str(directory), tag=tag, buildargs=arguments, rm=True, decode=True)
        for event in stream:
            if "error" in event:
                raise StranglerError(f"the image could not be built: {event['error'].strip()}")
            text = str(event.get("stream", "")).strip()
            if text:
                tell(text)
        return str(client.images.get(tag).id)
