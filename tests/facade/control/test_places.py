from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler_facade.control.places import record_workers, recorded_workers, require_free, socket_path


def test_a_socket_is_in_the_state_directory_or_in_a_short_folder_that_stays_the_same(tmp_path: Path) -> None:
    assert socket_path(Path("/srv/state"), "channel") == Path("/srv/state/channel")
    deep = tmp_path / ("long" * 30)
    deep.mkdir()
    first = socket_path(deep, "channel")
    assert len(str(first)) < 100
    assert first == socket_path(deep, "channel")
    assert first.parent.stat().st_mode & 0o777 == 0o700
    first.parent.rmdir()


def test_only_workers_that_live_are_remembered(tmp_path: Path) -> None:
    assert recorded_workers(tmp_path, []) == ([], [])
    record_workers(tmp_path, [os.getpid(), 2**22 - 1])  # this process lives, but is no worker
    assert recorded_workers(tmp_path, []) == ([], [])
    (tmp_path / "workers").write_text("nonsense")
    assert recorded_workers(tmp_path, []) == ([], [])


def test_a_worker_that_was_started_otherwise_is_not_one_to_take_over(tmp_path: Path) -> None:
    waiting = "import sys; print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", waiting, "-m", "strangler_facade.plane", "--listen", "127.0.0.1:1", "--id", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdout.readline()
        record_workers(tmp_path, [worker.pid])
        assert recorded_workers(tmp_path, ["--listen", "127.0.0.1:1"]) == ([worker.pid], [])
        assert recorded_workers(tmp_path, ["--listen", "127.0.0.1:2"]) == ([], [worker.pid])
        worker.stdin.close()


def test_an_address_that_is_taken_or_not_ours_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(StranglerError, match=f"cannot listen on {address}: address already in use") as caught:
            require_free(address)
    assert "--listen" in caught.value.hint
    require_free(address)
    with pytest.raises(StranglerError, match=r"cannot listen on 192\.0\.2\.1:80"):
        require_free("192.0.2.1:80")
