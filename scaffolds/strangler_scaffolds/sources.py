"""Reading the monolith's files: the one place where extraction touches the disk before it writes."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from strangler.errors import StranglerError
from strangler.model import Location

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Text:
    """A source file's text as Python reads it, without any change to its line ends, and how it was encoded."""

    content: str
    encoding: str

    @property
    def data(self) -> bytes:
        """The bytes it is stored as."""
        return self.content.encode(self.encoding)

    def line_starts(self) -> list[int]:
        """The offset of each line, as Python counts lines."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.content))]


def decode(data: bytes, path: str) -> Text:
    """Read a source file's bytes by its own encoding declaration.

    Raises:
        StranglerError: it cannot be decoded so.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return Text(data.decode(encoding), encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise StranglerError(f"cannot read the source: {error}", location=Location(path)) from error


@dataclass(frozen=True)
class Sources:
    """The monolith's files under ``root``; ``overlay`` stands in for files in tests and dry runs."""

    root: Path
    overlay: Mapping[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """The bytes of a file, by its POSIX path relative to the root.

        Raises:
            StranglerError: it is not there or cannot be read.
        """
        if path in self.overlay:
            return self.overlay[path]
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            hint = "the analysis is of another state of the code: run strangler analyze again"
            raise StranglerError(f"cannot read {path}: {error.strerror}", hint=hint, location=Location(path)) from error

    def exists(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        return path in self.overlay or (self.root / path).exists()

    def is_file(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self.overlay or (self.root / path).is_file()

    def entries(self, folder: str) -> list[tuple[str, bool]]:
        """What lies in a folder: names, each with whether it is a folder itself; links are left out."""
        try:
            found = [(e.name, e.is_dir()) for e in (self.root / folder).iterdir() if not e.is_symlink()]
        except OSError:
            return []
        return sorted(found)

    @cached_property
    def tracked(self) -> frozenset[str] | None:
        """The files that git has, or None where there is no git."""
        command = ["git", "-C", str(self.root), "ls-files", "-z"]
        try:
            listed = subprocess.run(command, capture_output=True, check=False).stdout
        except OSError:
            return None
        return frozenset(os.fsdecode(listed).split("\0")[:-1]) if listed else None

    def python_below(self, folder: str) -> list[str]:
        """The Python files in a folder and those in it, by path."""
        found = [f"{folder}/{name}" for name, is_folder in self.entries(folder) if not is_folder]
        inner = [f"{folder}/{name}" for name, is_folder in self.entries(folder) if is_folder]
        below = [path for one in inner for path in self.python_below(one)]
        return sorted([path for path in found if path.endswith(".py")] + below)
