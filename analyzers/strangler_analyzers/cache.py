"""Keeps facts between runs, by the hash of the bytes they were taken from, in one file."""

from __future__ import annotations

import marshal
from pathlib import Path

from strangler_analyzers.facts import EXTRACTOR
from strangler_analyzers.sealed import seal, unseal

_NAME = "facts.bin"


class FactsCache:
    """Facts by (hash, light or not); a missing, corrupted or older file is an empty one.

    ``used`` has what this run has asked for or put there.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept = _load(folder)
        self.used: dict[str, bytes] = {}
        self._new = False

    def get(self, key: str) -> bytes | None:
        """The marshalled facts kept under ``key``."""
        found = self._kept.get(key)
        if found is not None:
            self.used[key] = found
        return found

    @property
    def is_kept(self) -> bool:
        """Whether there will be another run to keep facts for."""
        return self._folder is not None

    def put(self, key: str, data: bytes) -> None:
        """Keep marshalled facts."""
        self.used[key] = data
        self._new = True

    def save(self) -> None:
        """Write what was used in this run."""
        if self._folder is not None and (self._new or len(self.used) != len(self._kept)):
            seal(self._folder, _NAME, marshal.dumps((EXTRACTOR, dict(sorted(self.used.items())))))


def _load(folder: Path | None) -> dict[str, bytes]:
    # marshal trusts its input; the seal says whether it may.
    body = unseal(folder, _NAME)
    version, kept = marshal.loads(body) if body is not None else (EXTRACTOR, {})
    return kept if version == EXTRACTOR else {}
