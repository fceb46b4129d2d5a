"""Images of Strangler itself: the facade and the control plane, built as the services are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strangler.errors import StranglerError
from strangler_scaffolds.services.tree import render

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
    source = f"/build/{wheel.name}" if wheel else "strangler"
    requirement = f"{source}[{PARTS[part]}]" + ("" if wheel else f"=={version}")
    dockerfile = render("own/Dockerfile.jinja", part=part, wheel=wheel.name if wheel else "", requirement=requirement)
    return {"Dockerfile": dockerfile.encode(), **({wheel.name: _read(wheel)} if wheel else {})}


def _read(wheel: Path) -> bytes:
    try:
        return wheel.read_bytes()
    except OSError as error:
        raise StranglerError(f"cannot read {wheel}: {error.strerror}", hint="python -m build --wheel") from error
