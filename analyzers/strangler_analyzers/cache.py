"""Keeps facts between runs, by the hash of the bytes they were taken from, in one file."""

from __future__ import annotations

import contextlib
import hashlib
import marshal
from collections.abc import Iterable
from pathlib import Path

from strangler.errors import OutputError
from strangler.files import write_file
from strangler_analyzers.facts import EXTRACTOR

_NAME = "facts.bin"


def digest(data: bytes) -> str:
    """The hash by which a file's facts are kept."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class FactsCache:
    """Facts by (hash, light or not); a missing, corrupted or older file is an empty one."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / _NAME
        self._kept = _load(self._path)
        self._used: dict[str, bytes] = {}
        self._new = False

    def get(self, key: str) -> bytes | None:
        """The marshalled facts kept under ``key``."""
        found = self._kept.get(key)
        if found is not None:
            self._used[key] = found
        return found

    def get_used(self, key: str) -> bytes | None:
        """The marshalled facts of this run kept under ``key``."""
        return self._used.get(key)

    def put(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep marshalled facts."""
        for key, data in items:
            self._used[key] = data
            self._new = True

    def save(self) -> None:
        """Write what was used in this run; a folder that cannot be written costs only time."""
        if self._path is None or (not self._new and len(self._used) == len(self._kept)):
            return
        with contextlib.suppress(OSError, OutputError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            ignore = self._path.parent / ".gitignore"
            if not ignore.exists():
                write_file(ignore, "*\n")
            body = marshal.dumps((EXTRACTOR, dict(sorted(self._used.items()))))
            write_file(self._path, hashlib.blake2b(body, digest_size=16).digest() + body)


def _load(path: Path | None) -> dict[str, bytes]:
    if path is None:
        return {}
    try:
        data = path.read_bytes()
    except OSError:
        return {}
    # marshal trusts its input; the checksum says whether it may.
    if hashlib.blake2b(data[16:], digest_size=16).digest() != data[:16]:
        return {}
    version, kept = marshal.loads(data[16:])
    return kept if version == EXTRACTOR else {}
