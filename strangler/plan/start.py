"""The text of a first plan, and the packages that it could be for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

# How far below the plan a package is looked for: src/shop, backend/app/shop.
_DEPTH = 3


def first_plan(name: str, packages: Sequence[str], framework: str | None) -> str:
    """A commented plan for a monolith of which only this much is known; it loads without mistakes."""
    lines = [
        "# The migration of this monolith. `strangler plan accept` adds services; edit it freely, comments stay.",
        "version: 1",
        "monolith:",
        f"  name: {name}",
        "  root: .",
        f"  packages: [{', '.join(packages)}]",
        *([f"  framework: {framework}"] if framework else []),
        "  # upstream: http://127.0.0.1:8000    # where the monolith answers",
        "  # run: python -m app                 # how it is started",
        "  # test: python -m pytest -q          # how its tests are run",
        "services: {}",
    ]
    return "\n".join(lines) + "\n"


def packages_below(folder: Path) -> set[str]:
    """Names that can be imported from ``folder`` or from a folder not far below: packages, and folders with modules."""
    found = set[str]()
    for inner, files in _folders(folder, _DEPTH):
        modules = {Path(file).stem for file in files if file.endswith(".py")}
        found |= modules - {"__init__"}
        found |= {inner.name} if modules and inner != folder else set()
    return found


def _folders(folder: Path, depth: int) -> Iterator[tuple[Path, list[str]]]:
    """The folder and those below it with their files; not what is inside packages, environments and hidden folders."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    files = [entry.name for entry in entries if not entry.is_dir()]
    if "pyvenv.cfg" in files:
        return
    yield folder, files
    if depth and "__init__.py" not in files:
        for entry in entries:
            if entry.is_dir() and not entry.name.startswith(".") and entry.name != "node_modules":
                yield from _folders(Path(entry), depth - 1)
