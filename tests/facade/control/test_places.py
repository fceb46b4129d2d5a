from __future__ import annotations

import os
import socket
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
    assert recorded_workers(tmp_path) == []
    record_workers(tmp_path, [os.getpid(), 2**22 - 1])  # this process lives, but is no worker
    assert recorded_workers(tmp_path) == []
    (tmp_path / "workers").write_text("nonsense")
    assert recorded_workers(tmp_path) == []


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
