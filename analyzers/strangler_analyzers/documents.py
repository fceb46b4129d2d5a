"""Keeps finished documents between runs, each by everything it was made from."""

from __future__ import annotations

import functools
import hashlib
import inspect
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
    """The document called ``name``, whatever it was made from; its parts are read when they are asked for.

    One that other code than this wrote is none: it is not even known in which form it is.
    """
    body = unseal(folder, name)
    if body is None or body[:_KEY] != _maker():
        return None
    key, digests, texts, told = marshal.loads(memoryview(body)[_KEY:])
    return Kept(key, digests, from_members(__version__, {}, texts), Told(*told))


def read_document(folder: Path | None, name: str, key: bytes) -> Analysis | None:
    """The document called ``name`` if it was made from just what ``key`` stands for."""
    kept = read_kept(folder, name)
    return kept.analysis if kept is not None and kept.key == key else None


def write_document(folder: Path | None, name: str, kept: Kept) -> None:
    """Keep the document instead of the one that was called so before."""
    if folder is not None:
        told = (kept.told.names, kept.told.asked, kept.told.scopes)
        seal(folder, name, _maker() + marshal.dumps((kept.key, kept.digests, members(kept.analysis), told)))


def key_of(root: Path, digests: Mapping[str, str], options: Options, beside: Iterable[str] = ()) -> bytes:
    """What stands for the sources, the options, this very tool, and what was looked at ``beside`` these."""
    parts = [_maker().hex(), root.resolve().name, repr(options.recorded()), *beside]
    parts.extend(f"{digest} {path}" for path, digest in sorted(digests.items()))
    return _hash(parts)


@functools.cache
def _maker() -> bytes:
    """What stands for this very tool: a version under development changes without a new number."""
    found = []
    for package in (Path(__file__).parent, Path(inspect.getfile(Analysis)).parent):
        for folder, _, names in os.walk(package):
            for name in names:
                if name.endswith(".py"):
                    status = os.stat(f"{folder}/{name}")  # noqa: PTH116
                    found.append(f"{name} {status.st_mtime_ns} {status.st_size}")
    return _hash([__version__, EXTRACTOR, *sorted(found)])


def _hash(parts: Iterable[str]) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()
