"""Alembic's configuration in a service: the folder of migrations goes along, and is found from any working folder."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Container, Iterable, Iterator

from strangler_scaffolds.datafiles import files_below
from strangler_scaffolds.sources import Sources

_HERE = "%(here)s"
# What every environment has, whoever made it.
_OWN = ("env.py", "script.py.mako")
_SECTION = re.compile(rb"^\[alembic\]", re.MULTILINE)
# A value goes on in the lines below it that are indented.
_SETTING = re.compile(r"^((script_location|version_locations)[ \t]*[=:][ \t]*)(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
# One folder may have a space in its name; several have any of Alembic's separators between them.
_NAMED = {"script_location": re.compile(r"\S(?:.*\S)?"), "version_locations": re.compile(r"[^\s,;]+")}

Place = Callable[[str], str]


def migrations(data: Iterable[str], sources: Sources, place: Place) -> dict[str, bytes]:
    """What becomes of Alembic's configuration files among ``data``: those that change, and the scripts they name.

    Alembic looks for a relative folder in the working folder, which a service does not share with the monolith; it is
    written as relative to the file, ``%(here)s``. Packages (``app:migrations``) and absolute paths stay as they are.

    Args:
        data: paths of the data files that the service has.
        sources: the monolith's files; its root is taken for the folder it works in.
        place: from a path in the monolith to the one in the service.
    """
    written: dict[str, bytes] = {}
    scripts: set[str] = set()
    for path in sorted(data):
        if path.endswith(".ini") and _SECTION.search(content := sources.read(path)):
            folders, text = _folders_of(path, content.decode("utf-8", "surrogateescape"), sources, place)
            written[path] = text.encode("utf-8", "surrogateescape")
            scripts |= {script for folder in folders for script in _scripts(folder, sources)}
    # The file may lie in the folder that it names.
    return {script: sources.read(script) for script in sorted(scripts)} | written


def environments(folders: Iterable[str], texts: Container[str], sources: Sources) -> list[str]:
    """The files of Alembic's environments in ``folders`` that one of ``texts`` names, as Flask-Migrate keeps them."""
    found: set[str] = set()
    for folder in folders:
        inner = [name for name, is_folder in sources.entries(folder) if is_folder and name in texts]
        places = [f"{folder}/{name}" for name in inner]
        own = [place for place in places if all(sources.is_file(f"{place}/{file}") for file in _OWN)]
        found.update(path for place in own for path in _scripts(place, sources))
    return sorted(found)


def _folders_of(ini: str, text: str, sources: Sources, place: Place) -> tuple[list[str], str]:
    """The folders in the monolith that a configuration names, and its text with each relative to the file."""
    folders: list[str] = []
    home = posixpath.dirname(place(ini)) or "."

    def relative(names: list[str]) -> str | None:
        found = [_folder(name, ini, sources) for name in names]
        known = [folder for folder in found if folder is not None]
        if len(known) < len(names):
            return None
        folders.extend(known)
        return ":".join(f"{_HERE}/{posixpath.relpath(place(folder), home)}" for folder in known)

    def setting(line: re.Match[str]) -> str:
        # In the name of one folder a colon is that of a package, between several it may separate them.
        is_one = line[2] == "script_location"
        return line[1] + _NAMED[line[2]].sub(
            lambda named: relative([named[0]] if is_one else named[0].split(":")) or named[0], line[3]
        )

    return folders, _SETTING.sub(setting, text)


def _folder(named: str, ini: str, sources: Sources) -> str | None:
    """A folder of the monolith by its name in the configuration: in the working folder, else beside the file."""
    beside = posixpath.dirname(ini)
    tried = [posixpath.join(beside, named.removeprefix(_HERE).lstrip("/"))]
    if not named.startswith(_HERE):
        tried = [named, posixpath.join(beside, named)]
    inside = (posixpath.normpath(path) for path in tried if not path.startswith("/"))
    return next((path for path in inside if path[:2] not in (".", "..") and sources.entries(path)), None)


def _scripts(folder: str, sources: Sources) -> Iterator[str]:
    tracked = sources.tracked
    return (path for path in files_below(folder, sources) if tracked is None or path in tracked)
