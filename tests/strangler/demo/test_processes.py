from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from strangler.demo.processes import Processes, Program, free_address
from strangler.errors import StranglerError


def _server(tmp_path: Path) -> Program:
    address = free_address()
    host, port = address.split(":")
    command = [sys.executable, "-m", "http.server", port, "--bind", host]
    return Program("server", command, tmp_path, {}, f"http://{address}/")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_leaving_stops_what_was_started(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start(_server(tmp_path))
        pid = processes.spawn("sleep", ["sleep", "60"], tmp_path, {}).pid
        assert _alive(pid)
    assert not _alive(pid)


def test_an_interrupt_stops_what_was_started(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Processes(tmp_path) as processes:
        pid = processes.spawn("sleep", ["sleep", "60"], tmp_path, {}).pid
        raise KeyboardInterrupt
    assert not _alive(pid)


def test_a_program_that_ends_at_once_shows_its_last_words(tmp_path: Path) -> None:
    program = Program(
        "broken", [sys.executable, "-c", "raise SystemExit('no room')"], tmp_path, {}, "http://127.0.0.1:9/"
    )
    with pytest.raises(StranglerError, match="no room"), Processes(tmp_path) as processes:
        processes.start(program)


def test_a_killed_program_is_gone(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        pid = processes.spawn("sleep", ["sleep", "60"], tmp_path, {}).pid
        processes.kill("sleep")
        assert not _alive(pid)
