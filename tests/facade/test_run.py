"""`strangler facade run` from start to end."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from .conftest import PATIENCE, Facade


def test_a_changed_plan_is_taken_while_it_runs_and_a_broken_one_is_not(facade: Facade) -> None:
    facade.start("--watch")
    version = facade.client.status()["version"]
    facade.plan.write_text("version: 1\n  nonsense")
    facade.write_plan("/v2/**")
    facade.until(lambda: facade.client.status()["version"] > version, "the new rules")
    assert facade.client.explain("GET", "/v2/who", {}, "127.0.0.1")["route"] == "billing.0"
    assert facade.client.explain("GET", "/api/who", {}, "127.0.0.1")["route"] == "default"


@pytest.mark.parametrize("which", ["listen", "admin"])
def test_a_taken_port_is_said_at_once_and_nothing_is_left_running(facade: Facade, which: str) -> None:
    address = getattr(facade, which)
    with socket.socket() as taken:
        host, port = address.split(":")
        taken.bind((host, int(port)))
        taken.listen()
        command = [sys.executable, "-m", "strangler", "facade", "run", "--plan", str(facade.plan)]
        command += ["--state", str(facade.state)]
        found = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert found.returncode == 2
    assert f"error: cannot listen on {address}" in found.stderr
    assert f"--{which} HOST:PORT" in found.stderr
    assert "worker" not in found.stderr
