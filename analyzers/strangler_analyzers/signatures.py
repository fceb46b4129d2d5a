"""The hash of every file, without reading those that have not been touched since they were last hashed."""

from __future__ import annotations

import hashlib
import marshal
import os
import time
from collections.abc import Iterable
from pathlib import Path

from strangler_analyzers.sealed import seal, unseal
from strangler_analyzers.sources import read

_NAME = "signatures.bin"
_VERSION = 1
# A file touched this short before it was looked at can change again without its time changing.
_TOO_FRESH = 2 * 10**9

_Signature = tuple[int, int, int, int]


def digest(data: bytes) -> str:
    """The hash by which a file is known."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def digests(root: Path, paths: Iterable[str], cache: Path | None) -> dict[str, str]:
    """The hash of each file below ``root``; empty for one that cannot be read.

    ``cache`` is the folder hashes are remembered in, by what the file system says of a file (None: nowhere).
    """
    known = _load(cache)
    now = time.time_ns()
    found: dict[str, str] = {}
    kept: dict[str, tuple[_Signature, str]] = {}
    for path in paths:
        signature = _signature(root, path)
        before = known.get(path)
        if before is not None and before[0] == signature:
            found[path] = before[1]
        else:
            data = read(root, path)
            found[path] = digest(data) if data is not None else ""
        if signature is not None and found[path] and max(signature[:2]) < now - _TOO_FRESH:
            kept[path] = (signature, found[path])
    if kept != known:
        seal(cache, _NAME, marshal.dumps((_VERSION, kept)))
    return found


def _signature(root: Path, path: str) -> _Signature | None:
    try:
        status = os.stat(f"{root}/{path}")  # noqa: PTH116
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _load(cache: Path | None) -> dict[str, tuple[_Signature, str]]:
    body = unseal(cache, _NAME)
    version, known = marshal.loads(body) if body is not None else (_VERSION, {})
    return known if version == _VERSION else {}
