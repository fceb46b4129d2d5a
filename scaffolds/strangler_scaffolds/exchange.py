"""Lets two folders change places in one step."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def exchange(first: Path, second: Path) -> None:
    """Swap the two folders: nobody ever sees one of the names missing.

    Linux does it in one call. Where that is not to be had, renames follow each other, and a kill between them leaves
    the old content beside its place.

    Raises:
        OSError: they are not on one file system, or may not be renamed.
    """
    if not _exchange(first, second):
        aside = second.with_name(second.name + ".old")
        second.rename(aside)
        first.rename(second)
        aside.rename(first)


def _exchange(first: Path, second: Path) -> bool:
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (22, 38, 95):  # EINVAL, ENOSYS, EOPNOTSUPP: this kernel or file system cannot
        return False
    raise OSError(number, os.strerror(number), str(first))
