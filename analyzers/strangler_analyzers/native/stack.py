"""Room for deep recursion: a call in compiled code takes of the C stack, and where that is full a process ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

# Addresses, not memory: of a stack only what was once in use is real. Forty calls within each other, each in an
# expression as deep as facts can be kept, fit into it several times.
_BYTES = 1 << 29
_T = TypeVar("_T")


def with_room(work: Callable[[], _T]) -> _T:
    """What ``work`` gives, or raises, when it is done in a thread with a stack of half a gigabyte."""
    given: list[_T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            given.append(work())
        except BaseException as error:
            raised.append(error)

    before = threading.stack_size(_BYTES)
    try:
        # A daemon: whoever interrupts the wait for it need not wait for its end.
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if raised:
        raise raised[0]
    return given[0]
