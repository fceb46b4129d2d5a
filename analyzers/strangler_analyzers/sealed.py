"""Files of the cache: what was written whole by us is believed, anything else counts as absent."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from strangler.errors import OutputError
from strangler.files import write_file

_SEAL = 16


def unseal(folder: Path | None, name: str) -> bytes | None:
    """What :func:`seal` wrote; None if it is missing or spoilt."""
    if folder is None:
        return None
    try:
        data = (folder / name).read_bytes()
    except OSError:
        return None
    body = data[_SEAL:]
    return body if hashlib.blake2b(body, digest_size=_SEAL).digest() == data[:_SEAL] else None


def seal(folder: Path | None, name: str, body: bytes) -> None:
    """Keep ``body``; a folder that cannot be written costs only time."""
    if folder is None:
        return
    with contextlib.suppress(OSError, OutputError):
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            write_file(ignore, "*\n")
        write_file(folder / name, hashlib.blake2b(body, digest_size=_SEAL).digest() + body, lasting=False)
