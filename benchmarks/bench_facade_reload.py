"""Failed requests while the routes change a hundred times and the worker is replaced: the limit is none at all.

Clients ask over 64 connections and count every answer; meanwhile the table is swapped evenly over the run, a second
worker takes the port and the first one is told to drain, with a day's time. Two WebSockets stay open through all of
it, one of each worker.

    python benchmarks/bench_facade_reload.py [--requests 1000000] [--changes 100]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import facade_rig as rig
from figures import Figure, report, status

UPGRADE = b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def echo_server() -> int:
    """A server that upgrades and then returns what it gets; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            data += connection.recv(65536)
        connection.sendall(SWITCH)
        with contextlib.suppress(OSError):
            while data := connection.recv(65536):
                connection.sendall(data)

    def accept() -> None:
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return int(listener.getsockname()[1])


class Socket:
    """A WebSocket as far as a proxy sees one: bytes that go there and come back."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._socket.sendall(UPGRADE)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._socket.recv(65536)
        assert data.startswith(b"HTTP/1.1 101 "), data

    def answers(self) -> bool:
        try:
            self._socket.sendall(b"ping")
            return self._socket.recv(16) == b"ping"
        except OSError:
            return False


def listeners(port: int) -> int:
    """How many sockets listen on a port of this machine (those of workers that share it count each)."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(fields[1].endswith(f":{port:04X}") and fields[3] == "0A" for fields in map(str.split, lines))


@contextlib.contextmanager
def worker(port: int, table: Path):
    place = ["--table", str(table), "--listen", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "strangler_facade.plane", *place, "--drain", "86400"]
    with rig.process(*command, core=rig.PROXY_CORE) as pid:
        yield pid


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--changes", type=int, default=100)
    options = parser.parse_args()
    if rig.lacks("failed requests while routes change", "nginx"):
        return
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(rig.origin(folder))
        run(stack, folder, upstream, options.requests, options.changes)


def run(stack: contextlib.ExitStack, folder: Path, upstream: int, requests: int, changes: int) -> None:
    table, port, echo = folder / "table.json", rig.free_port(), echo_server()

    def write(version: int) -> None:
        document = rig.table(upstream, upstream, version % 100)
        document["version"] = version
        document["targets"].append({"name": "echo", "url": f"http://127.0.0.1:{echo}"})  # type: ignore[attr-defined]
        document["routes"].append({"name": "ws", "match": {"paths": ["/ws"]}, "split": {"rest": "echo"}})  # type: ignore[attr-defined]
        temporary = table.with_suffix(".new")
        temporary.write_text(json.dumps(document))
        temporary.replace(table)

    write(1)
    first = second = stack.enter_context(worker(port, table))
    rig.wait_for(port)
    kept, alive = [Socket(port)], True
    load = rig.clients(port, 64, requests, marks=changes + 1)
    assert load.stdout is not None
    for number in range(changes):
        load.stdout.read(1)  # the clients say how far they are: changes come evenly, however fast they are
        write(number + 2)
        os.kill(second, signal.SIGHUP)
        if number == changes // 2:
            second = stack.enter_context(worker(port, table))
            while listeners(port) < 2:
                time.sleep(0.1)
            os.kill(first, signal.SIGTERM)
            kept.append(Socket(port))
        alive = alive and all(connection.answers() for connection in kept)
    told(json.loads(load.communicate()[0].lstrip("."))["outcomes"], alive, changes)


def told(outcomes: dict[str, int], alive: bool, changes: int) -> None:
    count, good = sum(outcomes.values()), outcomes.get("200", 0)
    if count != good:
        print(f"  {outcomes}")
    measure = f"failed of {count:,} requests during {changes} route changes and a worker's replacement"
    report(
        Figure("facade", measure, count - good, target=0),
        Figure("facade", "WebSockets lost meanwhile", float(not alive), peer="one of each worker", target=0),
    )


if __name__ == "__main__":
    main()
    sys.exit(status())
