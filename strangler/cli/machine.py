"""Trouble that is neither our bug nor in the code: full disks, missing rights, a file where a folder is meant."""

from __future__ import annotations

import errno
import os

from strangler.errors import StranglerError

_NO_FOLDER = "it is a file, or below one: name a folder"
_HINTS = {
    errno.EROFS: "name a folder that can be written, or run it elsewhere",
    errno.EACCES: "run it as the user whose folder this is",
    errno.EPERM: "run it as the user whose folder this is",
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room within your quota",
    errno.EMFILE: "allow more open files: ulimit -n",
    errno.ENAMETOOLONG: "use a shorter path",
    errno.EEXIST: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EISDIR: "it is a folder: name a file",
}


def trouble_of_the_machine(error: OSError) -> StranglerError | None:
    """What a person can do about it; None if nothing, so that it is our bug."""
    hint = _HINTS.get(error.errno or 0)
    if hint is None:
        return None
    at = f" {os.fspath(error.filename)!s}" if isinstance(error.filename, str | os.PathLike) else ""
    return StranglerError(f"cannot use{at or ' a file'}: {error.strerror}", hint=hint)
