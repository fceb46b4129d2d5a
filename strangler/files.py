"""Writes files so that an interruption leaves the old content or the new, never a mixture."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from strangler.errors import OutputError

_HERE, _RENAME_EXCHANGE = -100, 2  # AT_FDCWD and the flag of renameat2(2)


def write_file(path: Path, content: str | bytes, *, lasting: bool = True) -> None:
    """Replace ``path`` with ``content`` (text as UTF-8), through a temporary file beside it.

    ``lasting`` waits until it is on the disk; what can be made again need not. A device or a pipe (``/dev/null``,
    ``/dev/stdout``) is written to: whoever may replace it would have a file there ever after.

    Raises:
        OutputError: the folder does not exist or may not be written.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not (path.is_file() or path.is_dir()):
        return _pour(path, data)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        hint = "" if path.parent.is_dir() else f"there is no folder {path.parent}"
        raise OutputError(f"cannot write {path}: {error.strerror}", hint=hint) from error
    temporary = Path(name)
    try:
        _fill(handle, temporary, data, _mode_of(path), lasting=lasting)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _pour(path: Path, data: bytes) -> None:
    try:
        with path.open("wb") as stream:
            stream.write(data)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error


def _fill(handle: int, temporary: Path, data: bytes, mode: int, *, lasting: bool) -> None:
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        if lasting:
            stream.flush()
            os.fsync(stream.fileno())
    temporary.chmod(mode)


def _mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o7777 if path.exists() else 0o644


def require_free(directory: Path) -> None:
    """Make sure that a tree can be written at ``directory``.

    Raises:
        OutputError: it exists and is not an empty folder.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise OutputError(f"{directory} exists and is not empty", hint="name another folder with -o")


def write_tree(directory: Path, files: Mapping[str, str | bytes], *, replace: bool = False) -> None:
    """Make ``directory`` hold exactly ``files`` (POSIX paths relative to it), all of them or none.

    Args:
        directory: where the tree goes; its parents are made.
        files: relative path → content.
        replace: take the place of a tree that is already there (otherwise it must be free).

    Raises:
        OutputError: the folder is taken, or cannot be written.
    """
    with new_tree(directory, replace=replace) as staging:
        fill(staging, files.items())


@contextmanager
def new_tree(directory: Path, *, replace: bool = False) -> Iterator[Path]:
    """A folder to fill, which becomes ``directory`` when the block ends well; otherwise nothing has happened.

    Args:
        directory: where the tree goes; its parents are made.
        replace: take the place of a tree that is already there (otherwise it must be free).

    Raises:
        OutputError: the folder is taken, or cannot be written.
    """
    if not replace:
        require_free(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    try:
        staging.chmod(0o755)
        yield staging
        _swap(staging, directory)
    except OSError as error:
        raise OutputError(f"cannot write {directory}: {error.strerror}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def fill(root: Path, files: Iterable[tuple[str, str | bytes]]) -> None:
    """Write ``files`` (POSIX paths relative to ``root``, and contents) into a folder that nobody reads yet."""
    made: set[str] = set()
    for name, content in files:
        parent = name.rpartition("/")[0]
        if parent not in made:
            (root / parent).mkdir(parents=True, exist_ok=True)
            made.add(parent)
        _create(f"{root}/{name}", content.encode() if isinstance(content, str) else content)


_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


def _create(path: str, data: bytes) -> None:
    """Write a file with three calls of the system: there may be a million of them."""
    handle = os.open(path, _CREATE, 0o666)
    try:
        while data:  # a disk that is nearly full takes a part
            data = data[os.write(handle, data) :]
    finally:
        os.close(handle)


def _swap(staging: Path, directory: Path) -> None:
    """Put ``staging`` in the place of ``directory``: in one step where the system can exchange two names."""
    if not directory.exists():
        staging.rename(directory)
        return
    if _exchange(staging, directory):
        return  # the old tree is in staging now, and goes with it
    old = staging.with_name(staging.name + ".old")
    directory.rename(old)
    try:
        staging.rename(directory)
    except OSError:
        old.rename(directory)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two names at once (Linux); False if the system cannot."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    result = call(_HERE, os.fsencode(first), _HERE, os.fsencode(second), _RENAME_EXCHANGE)
    return bool(result == 0)
