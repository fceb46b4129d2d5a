"""Compiled twins of the modules that every request passes through: the same source, compiled by mypyc (``build``).

A twin is used only where it was built from exactly the sources that are here now, so that nobody runs yesterday's code.
``STRANGLER_PURE=1`` in the environment leaves them out.
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

PACKAGE = Path(__file__).parent.parent
FOLDER = Path(__file__).with_name("built")
MARK = "sources.sha256"
MODULES = (
    "strangler_facade.decide",
    "strangler_facade.match",
    "strangler_facade.memo",
    "strangler_facade.plane.connections.answer",
    "strangler_facade.plane.connections.client",
    "strangler_facade.plane.connections.exchange",
    "strangler_facade.plane.core",
    "strangler_facade.plane.forward",
    "strangler_facade.plane.lanes",
    "strangler_facade.plane.records.capture",
    "strangler_facade.plane.records.metrics",
    "strangler_facade.plane.upstreams.breaker",
    "strangler_facade.plane.upstreams.budget",
    "strangler_facade.plane.upstreams.connection",
    "strangler_facade.plane.upstreams.pool",
)
GROUP = "strangler_native"
SHARED = f"{GROUP}__mypyc"
"""The extension that holds all of them; each module's own only points there."""


def source(module: str, package: Path = PACKAGE) -> Path:
    """Where a module's source is."""
    return package.joinpath(*module.split(".")[1:]).with_suffix(".py")


def digest(modules: Sequence[str], package: Path = PACKAGE) -> str:
    """What the sources of ``modules`` are, in 64 digits."""
    found = hashlib.sha256()
    for module in modules:
        found.update(module.encode() + b"\0" + source(module, package).read_bytes() + b"\0")
    return found.hexdigest()


class Twins(MetaPathFinder):
    """Finds the twins in ``folder`` before the sources they were made from."""

    def __init__(self, folder: Path, modules: Sequence[str]) -> None:
        suffix = str(get_config_var("EXT_SUFFIX"))
        self._files = {name: folder / (name.replace(".", "/") + suffix) for name in (*modules, SHARED)}

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


def usable(folder: Path = FOLDER, modules: Sequence[str] = MODULES) -> Twins | None:
    """The twins in ``folder``, if they are those of the sources and the Python that are running."""
    mark = folder / MARK
    if not mark.exists() or mark.read_text() != digest(modules):
        return None
    twins = Twins(folder, modules)
    return twins if twins.all_there() else None


def _use() -> bool:
    twins = None if os.environ.get("STRANGLER_PURE") else usable()
    if twins is not None:
        sys.meta_path.insert(0, twins)
    return twins is not None


in_use = _use()
"""Whether this process runs the twins."""
