"""Files that are no Python and that moved code needs: templates, static files, translations, whatever it reads."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.sources import Sources, decode

_BUILT = {".pyc", ".pyo", ".so", ".pyd"}
_SKIPPED = {"__pycache__", "node_modules", ".git", ".venv", "venv", ".strangler"}


def data_files(packages: Iterable[str], roots: Iterable[str], code: Mapping[str, bytes], sources: Sources) -> list[str]:
    """The paths of data files, sorted.

    Args:
        packages: the folders of packages that the service has, with all that lies in them but code and other packages.
        roots: the folders that code is imported from; what lies beside the packages there is taken if a text in
            ``code`` is its name.
        code: path → content of the Python files that the service has.
        sources: the monolith's files.
    """
    found = {path for folder in packages for path in _below(folder, sources, nested=False)}
    named = sorted({text for path, data in code.items() for text in _texts(path, data)})
    for root in roots:
        for name in named:
            path = name if root == "." else f"{root}/{name}"
            if sources.is_file(path):
                found.add(path)
            elif not _holds_code(path, sources):
                found |= set(_below(path, sources, nested=True))
    return sorted(path for path in found if not path.endswith(".py"))


def _below(folder: str, sources: Sources, *, nested: bool) -> Iterator[str]:
    """Files in ``folder`` and its sub-folders, but not in packages of their own, unless ``nested``."""
    for name, is_folder in sources.entries(folder):
        path = f"{folder}/{name}"
        if name in _SKIPPED or PurePosixPath(name).suffix in _BUILT:
            continue
        if not is_folder:
            yield path
        elif nested or not _holds_code(path, sources):
            yield from _below(path, sources, nested=nested)


def _holds_code(folder: str, sources: Sources) -> bool:
    return any(name.endswith(".py") for name, _ in sources.entries(folder))


def _texts(path: str, data: bytes) -> Iterator[str]:
    """Text constants that can be the name of a file or folder."""
    if not path.endswith(".py"):
        return
    for node in ast.walk(parse(decode(data, path), path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_name(node.value):
            yield node.value


def _is_name(text: str) -> bool:
    parts = PurePosixPath(text).parts
    plain = 0 < len(text) < 100 and text.isprintable() and not text.startswith(("/", "~"))
    return plain and bool(parts) and not any(part.startswith(".") for part in parts)
