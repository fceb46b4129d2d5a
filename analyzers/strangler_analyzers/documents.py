"""Keeps finished documents between runs, each by everything it was made from."""

from __future__ import annotations

import functools
import hashlib
import marshal
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from strangler import __version__
from strangler.analysis import Analysis, from_members, members
from strangler_analyzers.facts import EXTRACTOR
from strangler_analyzers.options import Options
from strangler_analyzers.sealed import seal, unseal

_KEY = 32


class Told(NamedTuple):
    """What has to be known of a run to tell what it makes of another test.

    ``names`` are those of the program, ``asked`` what was looked up in lower case, ``scopes`` how many bodies it had.
    """

    names: dict[str, dict[str, str | None]]
    asked: frozenset[str]
    scopes: int


class Kept(NamedTuple):
    """A document of an earlier run: the key of all it was made from, the hashes of its files, what its run told."""

    key: bytes
    digests: dict[str, str]
    analysis: Analysis
    told: Told = Told({}, frozenset(), 0)


def read_kept(folder: Path | None, name: str) -> Kept | None:
    """The document called ``name``, whatever it was made from; its parts are read when they are asked for."""
    body = unseal(folder, name)
    if body is None:
        return None
    digests, texts, told = marshal.loads(memoryview(body)[_KEY:])
    return Kept(body[:_KEY], digests, from_members(__version__, {}, texts), Told(*told))


def read_document(folder: Path | None, name: str, key: bytes) -> Analysis | None:
    """The document called ``name`` if it was made from just what ``key`` stands for."""
    kept = read_kept(folder, name)
    return kept.analysis if kept is not None and kept.key == key else None


def write_document(folder: Path | None, name: str, kept: Kept) -> None:
    """Keep the document instead of the one that was called so before."""
    if folder is not None:
        seal(folder, name, kept.key + marshal.dumps((kept.digests, members(kept.analysis), tuple(kept.told))))


def key_of(root: Path, digests: Mapping[str, str], options: Options, beside: Iterable[str] = ()) -> bytes:
    """What stands for the sources, the options, this very tool, and what was looked at ``beside`` these."""
    parts = [__version__, EXTRACTOR, _tool(), root.resolve().name, repr(options.recorded()), *beside]
    parts.extend(f"{digest} {path}" for path, digest in sorted(digests.items()))
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()


@functools.cache
def _tool() -> str:
    """What the file system says of our own code: a version under development changes without a new number."""
    found = []
    for folder, _, names in os.walk(Path(__file__).parent):
        for name in names:
            if name.endswith(".py"):
                status = os.stat(f"{folder}/{name}")  # noqa: PTH116
                found.append(f"{name} {status.st_mtime_ns} {status.st_size}")
    return "\n".join(sorted(found))
