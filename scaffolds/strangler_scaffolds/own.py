"""Images of Strangler itself: the facade and the control plane, built as the services are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strangler.errors import StranglerError
from strangler_scaffolds.services.tree import render
from strangler_scaffolds.wheel import installed_versions, wheel_of_this

# part → the extras it needs.
PARTS: Mapping[str, str] = {"facade": "facade,fast", "control-plane": "control-plane,policies"}


def own_image(part: str, version: str, wheel: Path | None = None) -> dict[str, bytes]:
    """The build context of one part's image.

    Args:
        part: a key of ``PARTS``.
        version: which release is installed from the package index, without a wheel.
        wheel: a wheel of ours, installed instead.

    Raises:
        StranglerError: there is no such part, or the wheel cannot be read.
    """
    if part not in PARTS:
        raise StranglerError(f"there is no image of '{part}'", hint=f"there are: {', '.join(PARTS)}")
    if wheel is None:
        return _context(part, f"strangler[{PARTS[part]}]=={version}", {})
    return _with_wheel(part, wheel.name, {wheel.name: _read(wheel)})


def image_of_this(part: str) -> dict[str, bytes]:
    """The build context of one part's image, of the very code that runs, at the versions that are installed here."""
    name, wheel = wheel_of_this()
    pinned = "".join(f"{line}\n" for line in installed_versions(PARTS[part].split(",")))
    return _with_wheel(part, name, {name: wheel, "constraints.txt": pinned.encode()})


def _with_wheel(part: str, name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return _context(part, f"/build/{name}[{PARTS[part]}]", files)


def _context(part: str, requirement: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    constraints = "constraints.txt" in files
    dockerfile = render(
        "own/Dockerfile.jinja", part=part, files=sorted(files), requirement=requirement, constraints=constraints
    )
    return {"Dockerfile": dockerfile.encode(), **files}


def _read(wheel: Path) -> bytes:
    try:
        return wheel.read_bytes()
    except OSError as error:
        raise StranglerError(f"cannot read {wheel}: {error.strerror}", hint="python -m build --wheel") from error
