"""Keeps facts between runs, by the hash of the bytes they were taken from, in one file."""

from __future__ import annotations

import marshal
from pathlib import Path

from strangler_analyzers.facts import EXTRACTOR
from strangler_analyzers.sealed import seal, unseal

_NAME = "facts.bin"


class FactsCache:
    """Facts by (hash, light or not); a missing, corrupted or older file is an empty one."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept = _load(folder)
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

    def put(self, key: str, data: bytes) -> None:
        """Keep marshalled facts."""
        self._used[key] = data
        self._new = True

    def save(self) -> None:
        """Write what was used in this run."""
        if self._folder is not None and (self._new or len(self._used) != len(self._kept)):
            seal(self._folder, _NAME, marshal.dumps((EXTRACTOR, dict(sorted(self._used.items())))))


def _load(folder: Path | None) -> dict[str, bytes]:
    # marshal trusts its input; the seal says whether it may.
    body = unseal(folder, _NAME)
    version, kept = marshal.loads(body) if body is not None else (EXTRACTOR, {})
    return kept if version == EXTRACTOR else {}
