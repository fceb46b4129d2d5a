from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from strangler_analyzers.aside import aside, may_fork


def _who() -> bytes:
    return str(os.getpid()).encode()


def test_work_is_done_by_another_process() -> None:
    with aside(_who) as result:
        assert int(result()) != os.getpid()


def test_more_comes_back_than_a_pipe_holds() -> None:
    with aside(lambda: bytes(3_000_000)) as result:
        assert result() == bytes(3_000_000)


def test_a_process_with_threads_may_not_be_copied() -> None:
    assert may_fork()
    go = threading.Event()
    other = threading.Thread(target=go.wait)
    other.start()
    try:
        assert not may_fork()
    finally:
        go.set()
        other.join()


def test_where_the_copy_fails_the_error_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> bytes:
        raise ValueError(os.getpid())

    with pytest.raises(ValueError, match=str(os.getpid())), aside(fail) as result:
        result()


def test_a_copy_nobody_waits_for_is_ended() -> None:
    def sleep() -> bytes:
        time.sleep(600)
        return b""

    def raise_beside(children: list[int]) -> None:
        with aside(sleep):
            children.extend(_children())
            raise KeyError

    children: list[int] = []
    with pytest.raises(KeyError):
        raise_beside(children)
    assert len(children) == 1
    assert not set(children) & set(_children())


def _children() -> list[int]:
    listed = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()
    return [int(one) for one in listed.split()]
