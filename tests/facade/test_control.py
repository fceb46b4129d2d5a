"""The control plane with real processes: workers that split, die and are taken over, over loopback."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from strangler.errors import StranglerError, UpstreamError
from strangler_facade import AdminClient, local_token

PATIENCE = 20.0


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
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
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


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE:g} s in vain: {what}"
        time.sleep(0.02)


class Facade:
    """`strangler facade run` as a process of its own, its monolith and its service."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        self.folder, self.workers = folder, workers
        self.monolith, self.service = Server("monolith"), Server("service")
        self.listen, self.admin = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.plan = folder / "strangler.yaml"
        self.write_plan()
        self.state = folder / "state"
        self.process: subprocess.Popen[str] | None = None

    def write_plan(self, route: str = "/api/**") -> None:
        self.plan.write_text(
            f"""
version: 1
monolith: {{name: shop, packages: [shop], upstream: "{self.monolith.url}"}}
services:
  billing: {{modules: [shop.billing], routes: ["{route}"], upstream: "{self.service.url}"}}
facade: {{listen: "{self.listen}", admin: "{self.admin}", sticky: {{cookie: sid}}}}
"""
        )

    def start(self, *more: str, limit: int | None = None) -> None:
        limits = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
        command = [sys.executable, "-m", "strangler", "facade", "run", "--plan", str(self.plan), "--quiet"]
        command += ["--state", str(self.state), "--workers", str(self.workers), "--drain", "1", *more]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=limits)
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
        if self.process is not None:
            self.stop()
        elif (self.state / "workers").exists():  # a killed control plane left them: a last one takes them along
            self.start()
            self.stop()
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


@pytest.fixture
def facade(tmp_path: Path) -> Iterator[Facade]:
    made = Facade(tmp_path)
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def load(facade: Facade) -> Iterator[list[int]]:
    """Customers who never stop asking; gives the statuses they got (0: none)."""
    statuses: list[int] = []
    done = threading.Event()

    def ask(user: int) -> None:
        with httpx.Client(base_url=f"http://{facade.listen}", cookies={"sid": f"user {user}"}, timeout=5) as client:
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


def test_a_shift_holds_in_every_worker_when_it_returns_and_users_stay_where_they_are(facade: Facade) -> None:
    facade.start()
    assert facade.split() == 0
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 40, "a test")
    split = facade.split()
    assert 12 <= split <= 36
    assert all(facade.split() == split for _ in range(3))
    facade.client.shift("billing", 100, "a test")
    assert facade.split() == 60
    assert facade.client.rollback("billing", "a test")["stage"] == "shadow"
    assert facade.split() == 0
    assert facade.stop() == 0


def test_a_dead_service_sends_everybody_back_by_itself_and_no_customer_notices(facade: Facade) -> None:
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    with load(facade) as statuses:
        until(lambda: len(statuses) > 100, "traffic")
        facade.service.stop()
        until(lambda: facade.client.service("billing")["weight"] == 0, "the way back")
        seen = len(statuses)
        until(lambda: len(statuses) > seen + 30, "traffic afterwards")
    assert set(statuses) == {200}
    (line, *_) = facade.client.history(service="billing")
    assert (line["actor"], line["action"]) == ("gate:error_excess", "retreat")
    facade.service = Server("service", int(facade.service.url.rpartition(":")[2]))
    facade.client.shift("billing", 50, "it is well again")
    assert facade.split() > 10


def test_a_killed_control_plane_fails_no_request_and_its_workers_are_taken_over(facade: Facade) -> None:
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    split = facade.split()
    until(lambda: len(facade.pids()) == 2, "both workers to report")
    pids = facade.pids()
    with load(facade) as statuses:
        until(lambda: len(statuses) > 30, "traffic")
        facade.kill()
        assert facade.split() == split
        facade.start()
        until(lambda: facade.pids() == pids, "the same workers to report")
        facade.client.shift("billing", 100, "the new one steers them")
        until(lambda: len(statuses) > 100, "traffic afterwards")
    assert set(statuses) == {200}
    assert facade.split() == 60


def test_a_killed_worker_is_replaced_and_what_it_counted_is_kept(facade: Facade) -> None:
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")

    def counted() -> int:
        service = facade.client.service("billing")
        total: int = service["service"]["requests"] + service["monolith"]["requests"]
        return total

    facade.split()
    until(lambda: counted() >= 60, "the counters")
    before = facade.pids()
    os.kill(before[0], signal.SIGKILL)
    until(lambda: before[0] not in facade.pids(), "the worker to be missed")
    facade.split()
    until(lambda: counted() >= 120, "the counters of both")
    until(lambda: len(facade.pids()) == 2, "another worker")


def test_a_full_disk_refuses_shifts_and_still_lets_everybody_go_back(facade: Facade) -> None:
    facade.start(limit=640 * 1024)
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    refusal: StranglerError | None = None
    for step in range(2000):
        try:
            facade.client.shift("billing", 30 + step % 20, "x" * 400)
        except StranglerError as error:
            refusal = error
            break
    assert refusal is not None
    assert "cannot write" in refusal.message
    with load(facade) as statuses:
        facade.service.broken = True
        until(lambda: facade.client.service("billing")["weight"] == 0, "the way back")
        seen = len(statuses)
        until(lambda: len(statuses) > seen + 30, "traffic afterwards")
    assert facade.split() == 0


def test_a_changed_plan_is_taken_while_it_runs_and_a_broken_one_is_not(facade: Facade) -> None:
    facade.start("--watch")
    version = facade.client.status()["version"]
    facade.plan.write_text("version: 1\n  nonsense")
    facade.write_plan("/v2/**")
    until(lambda: facade.client.status()["version"] > version, "the new rules")
    assert facade.client.explain("GET", "/v2/who", {}, "127.0.0.1")["route"] == "billing.0"
    assert facade.client.explain("GET", "/api/who", {}, "127.0.0.1")["route"] == "default"


def test_a_taken_port_is_said_and_nothing_is_left_running(facade: Facade) -> None:
    with socket.socket() as taken:
        host, port = facade.admin.split(":")
        taken.bind((host, int(port)))
        taken.listen()
        command = [sys.executable, "-m", "strangler", "facade", "run", "--plan", str(facade.plan)]
        found = subprocess.run(
            [*command, "--state", str(facade.state)], capture_output=True, text=True, timeout=PATIENCE
        )
    assert found.returncode == 2
    assert f"the admin cannot listen on {facade.admin}" in found.stderr


def test_nobody_there_is_said_with_what_to_do() -> None:
    with AdminClient(f"127.0.0.1:{free_port()}", "token") as client, pytest.raises(UpstreamError) as caught:
        client.status()
    assert "strangler facade run" in caught.value.hint
