"""Which folders names start from, where there is no ``__init__.py`` to say so: the imports tell."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from strangler_analyzers.facts import Facts

_SETTINGS = "DJANGO_SETTINGS_MODULE"


def imported_roots(facts: Mapping[str, Facts], packages: Iterable[str]) -> frozenset[str]:
    """Folders that are on the path because files in or below them import what stands directly in them.

    ``facts`` are by path; ``packages`` the folders with an ``__init__.py``, which are never roots themselves.
    """
    inside = frozenset(packages)
    entries = _entries(facts)
    found, imported = set(), set()
    for path, one in facts.items():
        modules = {item.module for item in one.imports if not item.level and item.module}
        imported |= modules
        for head in {module.partition(".")[0] for module in modules} - sys.stdlib_module_names:
            folder = _holding(path, head, entries, inside)
            if folder:
                found.add(folder)
    outer = frozenset(folder for folder in found if not _is_imported_through(folder, imported))
    return outer | frozenset(_started_in(facts, inside))


def _started_in(facts: Mapping[str, Facts], packages: frozenset[str]) -> Iterator[str]:
    """Packages that are on the path all the same: a start file in them names its settings from there."""
    for path, one in facts.items():
        folder = path.rpartition("/")[0]
        if folder in packages and _SETTINGS in one.tokens:
            named = [text.replace(".", "/") for text, _ in one.strings]
            if any(f"{folder}/{name}{end}" in facts for name in named for end in (".py", "/__init__.py")):
                yield folder


def _is_imported_through(folder: str, imported: set[str]) -> bool:
    """Whether what stands in ``folder`` is imported by the folder's own name too: then it is part of a package."""
    through = folder.replace("/", ".") + "."
    return any(module.startswith(through) for module in imported)


def _entries(paths: Iterable[str]) -> dict[str, set[str]]:
    """Folder → the modules and packages directly in it."""
    found: dict[str, set[str]] = {}
    for path in paths:
        parts = PurePosixPath(path).parts
        for depth, part in enumerate(parts):
            folder = "/".join(parts[:depth])
            found.setdefault(folder, set()).add(part.removesuffix(".py"))
    return found


def _holding(path: str, head: str, entries: Mapping[str, set[str]], packages: frozenset[str]) -> str | None:
    """The folder around ``path`` that has ``head`` and is no package: the tree's own root, or the outermost."""
    parts = PurePosixPath(path).parts[:-1]
    for depth in range(len(parts) + 1):
        folder = "/".join(parts[:depth])
        if head in entries.get(folder, ()) and (not folder or folder not in packages):
            return folder
    return None


def own_package(facts: Mapping[str, Facts], name: str) -> bool:
    """Whether the tree is itself a package called ``name``: it has an ``__init__.py`` and imports itself by name."""
    if "__init__.py" not in facts or not name.isidentifier():
        return False
    return any(
        item.module.partition(".")[0] == name and not item.level for one in facts.values() for item in one.imports
    ) and name not in {path.partition("/")[0].removesuffix(".py") for path in facts}
