from __future__ import annotations

import sys
from pathlib import Path

from strangler.demo.latency import added_latency
from strangler.demo.processes import Processes, Program, free_address


def test_a_server_compared_with_itself_adds_next_to_nothing(tmp_path: Path) -> None:
    address = free_address()
    command = [sys.executable, "-m", "http.server", address.split(":")[1], "--bind", "127.0.0.1"]
    with Processes(tmp_path) as processes:
        processes.start(Program("server", command, tmp_path, {}, f"http://{address}/"))
        added = added_latency(f"http://{address}", f"http://{address}", "/")
    assert abs(added.p50) < 1000
