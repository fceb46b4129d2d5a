"""Files that are no Python and that moved code needs: templates, static files, translations, whatever it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from strangler_scaffolds.sources import Sources
from strangler_scaffolds.syntax import texts_in

_BUILT = {".pyc", ".pyo", ".so", ".pyd"}
_SKIPPED = {"__pycache__", "node_modules", ".git", ".venv", "venv", ".strangler"}


def data_files(packages: Iterable[str], roots: Iterable[str], names: Iterable[str], sources: Sources) -> list[str]:
    """The paths of data files, sorted.

    Args:
        packages: the folders of packages that the service has, with all that lies in them but code and other packages.
        roots: the folders that code is imported from; what lies beside the packages there is taken if it has one of
            ``names``, no code lies in it, and git has it (where there is git).
        names: what the service's code names (:func:`names_in`).
        sources: the monolith's files.
    """
    found = {path for folder in packages for path in _below(folder, sources, nested=False)}
    named = sorted(names)
    places = [name if root == "." else f"{root}/{name}" for root in roots for name in named]
    beside = {path for place in places for path in _at(place, sources)}
    # A folder that a text names may hold customers' data as well; what is no source of the project is not taken.
    tracked = sources.tracked
    found |= beside if tracked is None else beside & tracked
    return sorted(path for path in found if not path.endswith(".py"))


def names_in(code: Mapping[str, bytes]) -> frozenset[str]:
    """The text constants of source files that can be the name of a file or folder."""
    return frozenset(PurePosixPath(text).as_posix() for path, data in code.items() for text in _texts(path, data))


def files_below(folder: str, sources: Sources) -> list[str]:
    """Every file in a folder and those in it, code too, but what is built from others; sorted."""
    return sorted(_below(folder, sources, nested=True))


def _at(place: str, sources: Sources) -> Iterator[str]:
    if sources.is_file(place):
        yield place
    elif not _holds_code(place, sources, nested=True):
        yield from _below(place, sources, nested=True)


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


def _holds_code(folder: str, sources: Sources, *, nested: bool = False) -> bool:
    entries = sources.entries(folder)
    if any(name.endswith(".py") for name, _ in entries):
        return True
    inner = [f"{folder}/{name}" for name, is_folder in entries if is_folder and name not in _SKIPPED] if nested else []
    return any(_holds_code(path, sources, nested=True) for path in inner)


def _texts(path: str, data: bytes) -> Iterator[str]:
    """Text constants that can be the name of a file or folder."""
    if path.endswith(".py"):
        yield from filter(_is_name, texts_in(data, path))


def _is_name(text: str) -> bool:
    parts = PurePosixPath(text).parts
    plain = 0 < len(text) < 100 and text.isprintable() and not text.startswith(("/", "~"))
    return plain and bool(parts) and not any(part.startswith(".") for part in parts)
