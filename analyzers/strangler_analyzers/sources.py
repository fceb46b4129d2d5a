"""Finds the Python files of a tree, and what each is called when it is imported; the only reader of the disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from strangler.errors import StranglerError
from strangler_analyzers import ignores
from strangler_analyzers.options import Options
from strangler_analyzers.purposes import named_like_tests, roles

# Folders that hold no source of the project, whatever .gitignore says.
_NEVER = frozenset(["__pycache__", "node_modules", "site-packages", ".strangler"])
# Files that mark a folder as no part of the project: an environment, a service that was taken out of it.
_MARKS = ("pyvenv.cfg", "strangler.json")
_IDENTIFIER = re.compile(r"[^\W\d]\w*\Z")


@dataclass(frozen=True, slots=True)
class Source:
    """A file: POSIX path relative to the root, module name, the folder its name starts from, what it is for."""

    path: str
    module: str
    root: str
    is_package: bool
    roles: tuple[str, ...]

    @property
    def is_light(self) -> bool:
        """Whether only imports, definitions and patches are taken from it."""
        return "tests" in self.roles or "migrations" in self.roles


@dataclass(frozen=True, slots=True)
class Tree:
    """What was found below ``root``; ``clashes`` are files left out because an earlier one has their name."""

    root: Path
    sources: tuple[Source, ...]
    source_roots: tuple[str, ...]
    packages: tuple[str, ...]
    clashes: tuple[tuple[str, str], ...]


def discover(root: Path, options: Options) -> Tree:
    """The Python files below ``root`` in the order of their paths, each called by its path for now.

    Raises:
        StranglerError: there is no such folder, or no Python in it.
    """
    if not root.is_dir():
        raise StranglerError(f"no folder {root}", hint="name the folder that holds the monolith's source")
    paths = sorted(_walk(root, options))
    if not paths:
        raise StranglerError(f"no Python files below {root}", hint="is it the right folder? .gitignore is respected")
    others = named_like_tests(paths, package_folders(paths))
    sources = tuple(Source(path, path, "", path.endswith("__init__.py"), roles(path, path, others)) for path in paths)
    return Tree(root, sources, (), (), ())


def package_folders(paths: Iterable[str]) -> set[str]:
    """The folders with an ``__init__.py`` whose names can be imported."""
    found = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == "__init__.py"}
    return {folder for folder in found if not folder or is_identifier(folder.rpartition("/")[2])}


def named(root: Path, paths: list[str], options: Options, more_roots: Iterable[str] = (), prefix: str = "") -> Tree:
    """The tree with its modules named: from the folders around packages, and from ``more_roots``.

    ``prefix`` is the package that ``root`` itself is, if it is one.

    Raises:
        StranglerError: none of the wanted packages is there.
    """
    packages = package_folders(paths)
    tops = {_top_package(folder, packages) for folder in packages if folder}
    roots = sorted({top.rpartition("/")[0] for top in tops} | {"", *more_roots})
    others = named_like_tests(paths, packages)
    found: dict[str, Source] = {}
    clashes = []
    for path in paths:
        source = _source(path, packages, roots, prefix, others)
        if source.module in found:
            clashes.append((path, found[source.module].path))
        else:
            found[source.module] = source
    kept = _wanted(found.values(), options.packages)
    names = sorted(options.packages or {source.module.partition(".")[0] for source in kept})
    used = sorted({source.root for source in kept})
    ordered = tuple(sorted(kept, key=lambda source: source.path))
    return Tree(root, ordered, tuple(folder or "." for folder in used), tuple(names), tuple(clashes))


def _wanted(sources: Iterable[Source], packages: tuple[str, ...]) -> list[Source]:
    if not packages:
        return list(sources)
    # Tests stand beside the packages they test; who moves code must know them.
    every = list(sources)
    inside = {source.path for source in every if _is_inside(source, packages)}
    kept = [source for source in every if source.path in inside or "tests" in source.roles]
    if not inside:
        raise StranglerError(
            f"no package called {', '.join(packages)} was found", hint="packages are named as they are imported"
        )
    return kept


def _is_inside(source: Source, packages: tuple[str, ...]) -> bool:
    return any(source.module == name or source.module.startswith(name + ".") for name in packages)


def _top_package(folder: str, packages: set[str]) -> str:
    """The outermost package around ``folder``; folders without ``__init__`` inside a package belong to it."""
    parts = folder.split("/")
    for end in range(1, len(parts) + 1):
        candidate = "/".join(parts[:end])
        if candidate in packages:
            return candidate
    return folder


def _source(path: str, packages: set[str], roots: list[str], prefix: str, others: frozenset[str]) -> Source:
    folder = path.rpartition("/")[0]
    top = _top_package(folder, packages) if folder else ""
    around = max((one for one in roots if not one or folder == one or folder.startswith(one + "/")), key=len)
    # A folder inside a package that its files import from as if it were none is where their names start.
    root = around if top not in packages or f"{around}/".startswith(f"{top}/") else top.rpartition("/")[0]
    inner = path[len(root) + 1 :] if root else path
    parts = inner.removesuffix(".py").split("/")
    is_package = parts[-1] == "__init__"
    parts = parts[:-1] if is_package else parts
    name = ".".join([prefix, *parts] if prefix and not root else parts) or "__init__"
    return Source(path, name, root, is_package, roles(path, inner, others))


def _walk(root: Path, options: Options) -> Iterator[str]:
    excluded = [re.compile(ignores.translate(glob.rstrip("/")) + r"(/.*)?\Z") for glob in options.exclude]
    # Links to folders are not followed: that is how trees become endless.
    pending: list[tuple[str, tuple[ignores.Rule, ...]]] = [("", ())]
    while pending:
        folder, rules = pending.pop()
        try:
            with os.scandir(root / folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            continue
        rules = (*rules, *_ignore_file(entries, folder))
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if any(pattern.match(path) for pattern in excluded):
                continue
            if entry.is_dir(follow_symlinks=False):
                if _is_wanted_folder(entry) and not ignores.is_ignored(path, rules, folder=True):
                    pending.append((path, rules))
            elif entry.name.endswith(".py") and _is_file(entry) and not ignores.is_ignored(path, rules, folder=False):
                yield path


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether there is a file to read, or a broken link to tell of: who opens a pipe waits for ever."""
    return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))  # noqa: PTH110


def _ignore_file(entries: list[os.DirEntry[str]], folder: str) -> list[ignores.Rule]:
    for entry in entries:
        if entry.name == ".gitignore":
            try:
                return ignores.parse(Path(entry.path).read_text(encoding="utf-8", errors="replace"), folder)
            except OSError:
                return []
    return []


def _is_wanted_folder(entry: os.DirEntry[str]) -> bool:
    if entry.name in _NEVER or entry.name.startswith("."):
        return False
    return not any((Path(entry.path) / mark).exists() for mark in _MARKS)


def read(root: Path, path: str) -> bytes | None:
    """The bytes of a file; None if it cannot be read (gone, forbidden, a broken link)."""
    try:
        # Without pathlib, whose parsing of paths costs as much as the reading.
        with open(f"{root}/{path}", "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return None


def is_identifier(name: str) -> bool:
    """Whether a path part can be imported."""
    return _IDENTIFIER.match(name) is not None
