"""Memory that a worker needs to pass a large upload on to a slow server: at most 4 MiB more than before.

The client sends as fast as it may, the server reads 16 MiB and then rests a moment, again and again. Measured is the
worker's peak of resident memory while it passes, against what it had after a first, small upload.

    python benchmarks/bench_facade_upload.py [--mebibytes 1024]
"""

from __future__ import annotations

import argparse
import re
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import facade_rig as rig
from figures import Figure, report, status

MIB = 1 << 20
FLOOR, TARGET = 16.0, 4.0


def slow_server() -> int:
    """A server that reads slowly and answers when it has all; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, rest = data.partition(b"\r\n\r\n")
        left = int(re.search(rb"(?i)content-length: (\d+)", head)[1]) - len(rest)  # type: ignore[index]
        taken = 0
        while left:
            count = len(connection.recv(min(left, 65536)))
            left, taken = left - count, taken + count
            if taken > 16 * MIB:
                time.sleep(0.05)
                taken = 0
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()

    def accept() -> None:
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return int(listener.getsockname()[1])


def upload(port: int, size: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"PUT /api/v1/invoices/1 HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size)
        block = bytes(MIB)
        for _ in range(size // MIB):
            connection.sendall(block)
        answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200 "), answer


def memory(pid: int, field: str) -> float:
    """A figure of /proc's status in MiB."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+) kB", text)[1]) / 1024  # type: ignore[index]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mebibytes", type=int, default=1024)
    options = parser.parse_args()
    server = slow_server()
    with tempfile.TemporaryDirectory() as folder, rig.facade(Path(folder), rig.table(server, server)) as (port, pid):
        upload(port, 2 * MIB)
        Path(f"/proc/{pid}/clear_refs").write_text("5")
        before = memory(pid, "VmRSS")
        upload(port, options.mebibytes * MIB)
        growth = memory(pid, "VmHWM") - before
    measure = f"memory while {options.mebibytes:,} MiB go to a slow server"
    report(Figure("facade", measure, growth, "MiB more", floor=FLOOR, target=TARGET))


if __name__ == "__main__":
    main()
    sys.exit(status())
