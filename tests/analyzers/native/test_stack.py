from __future__ import annotations

import sys
import threading

import pytest

from strangler_analyzers.native.stack import with_room


def test_it_gives_what_the_work_gives_and_leaves_no_thread_behind() -> None:
    size = threading.stack_size()
    assert with_room(lambda: threading.current_thread() is not threading.main_thread())
    assert (threading.active_count(), threading.stack_size()) == (1, size)


def test_an_error_of_the_work_is_raised_here() -> None:
    def fails() -> None:
        raise LookupError("in there")

    with pytest.raises(LookupError, match="in there"):
        with_room(fails)


def test_there_is_room_for_frames_of_c() -> None:
    """``map`` calls from C: the eight megabytes that a process has hold some twenty thousand such calls."""
    depth = 1_500 if sys.version_info >= (3, 12) else 50_000

    def deep(left: int) -> int:
        return next(map(deep, [left - 1])) + 1 if left else 0

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200_000)
    try:
        assert with_room(lambda: deep(depth)) == depth
    finally:
        sys.setrecursionlimit(limit)
