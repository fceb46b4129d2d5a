"""Trouble that is neither the user's nor ours but the machine's: full disks, read-only folders, missing rights."""

from __future__ import annotations

import errno
import os

from strangler.errors import StranglerError

_HINTS = {
    errno.EROFS: "name a folder that can be written, or run it elsewhere",
    errno.EACCES: "run it as the user whose folder this is",
    errno.EPERM: "run it as the user whose folder this is",
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room within your quota",
    errno.EMFILE: "allow more open files: ulimit -n",
    errno.ENAMETOOLONG: "use a shorter path",
}


def trouble_of_the_machine(error: OSError) -> StranglerError | None:
    """What a person can do about it; None if nothing, so that it is our bug."""
    hint = _HINTS.get(error.errno or 0)
    if hint is None:
        return None
    at = f" {os.fspath(error.filename)!s}" if isinstance(error.filename, str | os.PathLike) else ""
    return StranglerError(f"cannot use{at or ' a file'}: {error.strerror}", hint=hint)
