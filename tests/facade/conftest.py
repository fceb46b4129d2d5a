"""A facade with real processes: its monolith and its service are servers of the test, its workers are its own."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from strangler_facade import AdminClient, local_token

PATIENCE = 60.0


class _Listener(http.server.ThreadingHTTPServer):
    def __init__(self, *arguments: Any) -> None:
        self._open: list[socket.socket] = []
        super().__init__(*arguments)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.append(connection)
        return connection, address

    def cut(self) -> None:
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Server:
    """An HTTP server that answers with its name, until it is stopped; ``broken`` makes it answer 500."""

    def __init__(self, name: str, port: int = 0) -> None:
        self.name, self.broken = name, False
        self.headers: dict[str, str] = {}
        self.path = ""
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1  # head and body leave together: an answer that is cut off has not begun

            def do_GET(self) -> None:
                outer.path = self.path
                outer.headers = {name.lower(): value for name, value in self.headers.items()}
                body = json.dumps({"who": outer.name if "who" in self.path else "anybody", "total": 7}).encode()
                self.send_response(500 if outer.broken else 200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self._server = _Listener(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        """Stop as a killed process does: its connections are cut too."""
        self._server.shutdown()
        self._thread.join()
        self._server.cut()
        self._server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Facade:
    """`strangler facade run` as a process of its own, its monolith and its service."""

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        self.folder, self.workers = folder, workers
        self.monolith, self.service = Server("monolith"), Server("service")
        self.listen, self.admin = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.plan = folder / "strangler.yaml"
        self.write_plan()
        self.state = folder / "state"
        self.process: subprocess.Popen[str] | None = None

    def write_plan(self, routes: str = '"/api/**"', session: str = "null", more: str = "") -> None:
        self.plan.write_text(
            f"""
version: 1
monolith: {{name: shop, packages: [shop], upstream: "{self.monolith.url}"}}
services:
  billing: {{modules: [shop.billing], routes: [{routes}], upstream: "{self.service.url}"}}
facade: {{listen: "{self.listen}", admin: "{self.admin}", sticky: {{cookie: sid}}, session: {session}{more}}}
"""
        )

    def start(self, *more: str, limit: int | None = None, environment: Mapping[str, str] | None = None) -> None:
        limits = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
        command = [sys.executable, "-m", "strangler", "facade", "run", "--plan", str(self.plan), "--quiet"]
        command += ["--state", str(self.state), "--workers", str(self.workers), "--drain", "1", *more]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, preexec_fn=limits, env={**os.environ, **(environment or {})}
        )
        assert self.process.stdout is not None
        assert "serving on" in self.process.stdout.readline()
        self.client = AdminClient(self.admin, local_token(self.state))

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._end()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self._end()

    def _end(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.client.close()
        self.process = None
        return status

    def close(self) -> None:
        try:
            if self.process is None and (self.state / "workers").exists():
                self.start()  # a killed control plane left workers: a last one takes them along
            if self.process is not None:
                self.stop()
        finally:
            self.monolith.stop()
            self.service.stop()

    def get(self, path: str = "/api/who", user: int = 0) -> httpx.Response:
        return httpx.get(f"http://{self.listen}{path}", cookies={"sid": f"user {user}"}, timeout=PATIENCE)

    def split(self, users: int = 60) -> int:
        """How many of so many users are at the service."""
        with httpx.Client(base_url=f"http://{self.listen}", timeout=PATIENCE) as client:
            answers = (client.get("/api/who", headers={"cookie": f"sid=user {user}"}) for user in range(users))
            return sum(answer.json()["who"] == "service" for answer in answers)

    def pids(self) -> list[int]:
        return sorted(worker["pid"] for worker in self.client.status()["workers"])

    def shadow_pids(self) -> list[int]:
        """The shadow processes that are children of the control plane."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"strangler_facade.shadow" in _command(pid)]

    @contextlib.contextmanager
    def load(self) -> Iterator[list[int]]:
        """Customers who never stop asking; gives the statuses they got (0: none)."""
        statuses: list[int] = []
        done = threading.Event()

        def ask(user: int) -> None:
            with httpx.Client(base_url=f"http://{self.listen}", cookies={"sid": f"user {user}"}, timeout=5) as client:
                while not done.is_set():
                    try:
                        statuses.append(client.get("/api/who").status_code)
                    except httpx.HTTPError:
                        statuses.append(0)

        customers = [threading.Thread(target=ask, args=(user,)) for user in range(3)]
        for customer in customers:
            customer.start()
        try:
            yield statuses
        finally:
            done.set()
            for customer in customers:
                customer.join()

    def restart_service(self) -> None:
        """The service again, at its old address."""
        self.service = Server("service", int(self.service.url.rpartition(":")[2]))

    @staticmethod
    def until(condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition, and fail after ``PATIENCE`` seconds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited {PATIENCE:g} s in vain: {what}"
            time.sleep(0.02)


@pytest.fixture
def facade(tmp_path: Path) -> Iterator[Facade]:
    made = Facade(tmp_path)
    try:
        yield made
    finally:
        made.close()


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended meanwhile
        return b""
