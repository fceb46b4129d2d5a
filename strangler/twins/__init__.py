"""Compiled twins of a package's modules: the same source, compiled by mypyc (``build``), found before it.

A twin is used only where it was built from exactly the sources that are here now, so that nobody runs yesterday's code.
``STRANGLER_PURE=1`` in the environment leaves all of them out.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from sysconfig import get_config_var
from types import ModuleType
from typing import NamedTuple

MARK = "sources.sha256"


class Group(NamedTuple):
    """Modules that are compiled together into ``folder``: all of ``package``, by their full names.

    ``name`` is that of their extension, one in a process.
    """

    name: str
    package: Path
    modules: tuple[str, ...]
    folder: Path

    @property
    def shared(self) -> str:
        """The extension that holds all of them; each module's own only points there."""
        return f"{self.name}__mypyc"


def source(group: Group, module: str, package: Path | None = None) -> Path:
    """Where a module's source is: in the group's package, or in a copy of that."""
    return (package or group.package).joinpath(*module.split(".")[1:]).with_suffix(".py")


def digest(group: Group, package: Path | None = None) -> str:
    """What the sources of the modules are, in 64 digits."""
    found = hashlib.sha256()
    for module in group.modules:
        found.update(module.encode() + b"\0" + source(group, module, package).read_bytes() + b"\0")
    return found.hexdigest()


class Twins(MetaPathFinder):
    """Finds the twins of a group before the sources they were made from."""

    def __init__(self, group: Group) -> None:
        suffix = str(get_config_var("EXT_SUFFIX"))
        names = (*group.modules, group.shared)
        self._files = {name: group.folder / (name.replace(".", "/") + suffix) for name in names}

    def all_there(self) -> bool:
        """Whether there is one for every module, and for this Python."""
        return all(file.exists() for file in self._files.values())

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the import system asks."""
        file = self._files.get(fullname)
        if file is None:
            return None
        return spec_from_file_location(fullname, file, loader=ExtensionFileLoader(fullname, str(file)))


def usable(group: Group) -> Twins | None:
    """The twins of a group, if they are those of the sources and the Python that are running."""
    mark = group.folder / MARK
    if not mark.exists() or mark.read_text() != digest(group):
        return None
    twins = Twins(group)
    return twins if twins.all_there() else None


def use(group: Group) -> bool:
    """Let this process import the twins of a group, before any module of it was; whether it does."""
    twins = None if os.environ.get("STRANGLER_PURE") else usable(group)
    if twins is not None:
        sys.meta_path.insert(0, twins)
    return twins is not None
