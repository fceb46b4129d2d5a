"""Where the tree under check is: in memory, on disk, or not made yet; a folder is read when it is wanted."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from strangler.errors import OutputError
from strangler.plan.platform import Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.mould import Moulds
from strangler_deploy.render import shared_files
from strangler_deploy.write import OURS, require_tree

_TENANTS = "tenants"


class Tree(Protocol):
    """A rendered tree by its parts: what all tenants share, and a folder for each."""

    def shared(self) -> dict[str, str]:
        """Path and text of every file outside the tenants' folders."""
        ...

    def folder(self, tenant: str) -> dict[str, str]:
        """Path and text of every file of one tenant; nothing if it has no folder."""
        ...

    def tenants(self) -> Collection[str]:
        """Whose folders there are."""
        ...


class Held:
    """A tree in memory."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """``files`` is path → text, as ``render`` makes it."""
        self._folders: dict[str, dict[str, str]] = defaultdict(dict)
        for path, text in files.items():
            self._folders[tenant_of(path)][path] = text

    def shared(self) -> dict[str, str]:
        """Path and text of every file outside the tenants' folders."""
        return dict(self._folders.get("", {}))

    def folder(self, tenant: str) -> dict[str, str]:
        """Path and text of every file of one tenant."""
        return dict(self._folders.get(tenant, {}))

    def tenants(self) -> Collection[str]:
        """Whose folders there are."""
        return self._folders.keys() - {""}


class Stored:
    """A tree on disk; it is never in memory as a whole."""

    def __init__(self, root: Path) -> None:
        """``root`` holds a tree of ours.

        Raises:
            OutputError: it does not.
        """
        require_tree(root)
        self._root = str(root)

    def shared(self) -> dict[str, str]:
        """Path and text of every file outside the tenants' folders.

        What else a repository holds (the plan, tenants' declarations) is not part of the tree.
        """
        found: dict[str, str] = {}
        for name in sorted(OURS - {_TENANTS}):
            path = f"{self._root}/{name}"
            found.update({name: _text(path)} if os.path.isfile(path) else _read(self._root, name))  # noqa: PTH113
        return dict(sorted(found.items()))

    def folder(self, tenant: str) -> dict[str, str]:
        """Path and text of every file of one tenant."""
        place = f"{_TENANTS}/{tenant}"
        return dict(_read(self._root, place))

    def tenants(self) -> Collection[str]:
        """Whose folders there are."""
        return {entry.name for entry in _entries(f"{self._root}/{_TENANTS}") if entry.is_dir()}


class Rendered:
    """What a plan renders, made when it is wanted."""

    def __init__(self, estate: Estate, tenants: Mapping[str, Tenant]) -> None:
        """``tenants`` is by id."""
        self._estate, self._tenants = estate, tenants
        self._moulds = Moulds(estate, tenants)

    def shared(self) -> dict[str, str]:
        """Path and text of every file outside the tenants' folders."""
        return dict(shared_files(self._estate))

    def folder(self, tenant: str) -> dict[str, str]:
        """Path and text of every file of one tenant."""
        return self._moulds.files(tenant)

    def tenants(self) -> Collection[str]:
        """Whose folders there are."""
        return self._tenants.keys()


def tenant_of(path: str) -> str:
    """The tenant whose folder a file is in; "" for what is shared."""
    parts = path.split("/", 2)
    return parts[1] if parts[0] == _TENANTS and len(parts) > 2 else ""


def read_tree(directory: Path) -> dict[str, str]:
    """A tree as it is on disk, as a whole: path → text.

    Raises:
        OutputError: there is none of ours, or a file in it is no text.
    """
    tree = Stored(directory)
    folders = (tree.folder(tenant) for tenant in sorted(tree.tenants()))
    return dict(sorted({**tree.shared(), **{path: text for files in folders for path, text in files.items()}}.items()))


def _read(root: str, folder: str) -> Iterator[tuple[str, str]]:
    """The files below a folder."""
    for entry in _entries(f"{root}/{folder}"):
        path = f"{folder}/{entry.name}"
        if entry.is_dir():
            yield from _read(root, path)
        else:
            yield path, _text(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _text(path: str) -> str:
    """A file's text, with few calls of the system: there may be a million of them."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = b""
        while block := os.read(handle, 1 << 16):
            data += block
    finally:
        os.close(handle)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise OutputError(f"{path} is no text", hint="a rendered tree has none but text files") from error
