"""`strangler facade run` from start to end."""

from __future__ import annotations

import socket
import subprocess
import sys

from .conftest import PATIENCE, Facade


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
