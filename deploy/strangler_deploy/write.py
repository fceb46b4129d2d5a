"""Puts a rendered tree on disk, in the place of an older one of ours and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strangler.errors import OutputError
from strangler.files import write_tree
from strangler_deploy.render import MARKER

_OURS = frozenset({MARKER, "clusters", "control", "hosts", "tenants"})


def write(directory: Path, tree: Mapping[str, str]) -> None:
    """Make ``directory`` hold the tree, all of it or none.

    Raises:
        OutputError: it holds something that is not of an earlier render.
    """
    write_tree(directory, tree, replace=require_ours(directory))


def require_ours(directory: Path) -> bool:
    """Whether an earlier tree of ours is there (False: nothing is).

    Raises:
        OutputError: something else is.
    """
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return False
    if not (directory / MARKER).is_file():
        hint = "name an empty folder, or one that strangler deploy render has written"
        raise OutputError(f"{directory} holds something that is no tree of ours", hint=hint)
    foreign = sorted(path.name for path in directory.iterdir() if path.name not in _OURS)
    if foreign:
        hint = "render into a folder of its own, such as a sub-folder of the repository"
        raise OutputError(f"{directory} holds {', '.join(foreign)}, which a render would delete", hint=hint)
    return True


def read_tree(directory: Path) -> dict[str, str]:
    """A tree as it is on disk.

    Raises:
        OutputError: there is none of ours.
    """
    if not (directory / MARKER).is_file():
        raise OutputError(f"{directory} holds no rendered tree", hint="make one: strangler deploy render -o DIR")
    paths = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8") for path in paths}
