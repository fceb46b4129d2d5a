"""Does part of the work in a copy of this process, which has everything the part needs and hands back bytes."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator


def may_fork() -> bool:
    """Whether a copy is safe: without threads, which could hold a lock that nobody lets go of in the copy."""
    return sys.platform == "linux" and threading.active_count() == 1


@contextlib.contextmanager
def aside(work: Callable[[], bytes]) -> Iterator[Callable[[], bytes]]:
    """Begin ``work`` in a copy of this process, which :func:`may_fork`; what is given waits for its result.

    Where the copy fails, the work is done here when its result is asked for: its error is raised here too.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    copy = _Copy(child, reading)
    try:
        yield lambda: copy.result() or work()
    finally:
        copy.end()


def _work(work: Callable[[], bytes], writing: int) -> None:
    """What the copy does; it ends here, whatever happens, and runs nothing that this process would at its end."""
    status = 1
    try:
        with open(writing, "wb") as pipe:
            pipe.write(work())
        status = 0
    finally:
        os._exit(status)


class _Copy:
    """A copy at work, known by its process id and the pipe it writes to."""

    def __init__(self, child: int, reading: int) -> None:
        self._child = child
        self._pipe = open(reading, "rb")  # noqa: SIM115
        self._is_waited_for = False

    def result(self) -> bytes:
        """What the copy gave; nothing if it failed."""
        data = self._pipe.read()
        self._is_waited_for = True
        _, status = os.waitpid(self._child, 0)
        return data if status == 0 else b""

    def end(self) -> None:
        """Let nothing of the copy stay behind, also where nobody asked for its result."""
        self._pipe.close()
        if not self._is_waited_for:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
