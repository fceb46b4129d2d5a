"""The control plane with real processes: workers that split, die and are taken over, over loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from strangler.errors import StranglerError, UpstreamError
from strangler_facade import AdminClient

from .conftest import PATIENCE, Facade, free_port


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
    with facade.load() as statuses:
        facade.until(lambda: len(statuses) > 100, "traffic")
        facade.service.stop()
        facade.until(lambda: facade.client.service("billing")["weight"] == 0, "the way back")
        seen = len(statuses)
        facade.until(lambda: len(statuses) > seen + 30, "traffic afterwards")
    assert set(statuses) == {200}
    (line, *_) = facade.client.history(service="billing")
    assert (line["actor"], line["action"]) == ("gate:error_excess", "retreat")
    facade.restart_service()
    facade.client.shift("billing", 50, "it is well again")
    assert facade.split() > 10


def test_a_killed_control_plane_fails_no_request_and_its_workers_are_taken_over(facade: Facade) -> None:
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    split = facade.split()
    facade.until(lambda: len(facade.pids()) == 2, "both workers to report")
    pids = facade.pids()
    with facade.load() as statuses:
        facade.until(lambda: len(statuses) > 30, "traffic")
        facade.kill()
        assert facade.split() == split
        facade.start()
        facade.until(lambda: facade.pids() == pids, "the same workers to report")
        facade.client.shift("billing", 100, "the new one steers them")
        facade.until(lambda: len(statuses) > 100, "traffic afterwards")
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
    facade.until(lambda: counted() >= 60, "the counters")
    before = facade.pids()
    os.kill(before[0], signal.SIGKILL)
    facade.until(lambda: before[0] not in facade.pids(), "the worker to be missed")
    facade.split()
    facade.until(lambda: counted() >= 120, "the counters of both")
    facade.until(lambda: len(facade.pids()) == 2, "another worker")


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
    with facade.load() as statuses:
        facade.service.broken = True
        facade.until(lambda: facade.client.service("billing")["weight"] == 0, "the way back")
        seen = len(statuses)
        facade.until(lambda: len(statuses) > seen + 30, "traffic afterwards")
    assert facade.split() == 0


def test_a_changed_plan_is_taken_while_it_runs_and_a_broken_one_is_not(facade: Facade) -> None:
    facade.start("--watch")
    version = facade.client.status()["version"]
    facade.plan.write_text("version: 1\n  nonsense")
    facade.write_plan("/v2/**")
    facade.until(lambda: facade.client.status()["version"] > version, "the new rules")
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
