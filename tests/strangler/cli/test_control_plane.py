from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from strangler.cli.main import main

PLAN = "version: 1\nmonolith: {name: shop, packages: [shop]}\nservices: {}\n"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "strangler.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_a_control_plane_runs_takes_a_tenant_and_ends_when_told(plan: Path) -> None:
    state = str(plan.parent / "state")
    subprocess.run(["git", "init", "--quiet", "--bare", "remote.git"], cwd=plan.parent, check=True)
    told = ["--plan", str(plan), "--state", state, "--json"]
    command = [sys.executable, "-m", "strangler", "control-plane", "run", "--listen", "127.0.0.1:0", *told]
    command += ["--repository", "remote.git"]  # a path is meant from where the command is given
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=plan.parent)
    assert server.stdout is not None
    try:
        address = json.loads(server.stdout.readline())["listen"]
        token = json.loads(
            subprocess.check_output(
                [sys.executable, "-m", "strangler", "control-plane", "token", "alice", "--state", state, "--json"]
            )
        )["token"]
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"http://{address}", headers=headers, timeout=60) as client:
            assert client.put("/v1/price-lists/standard", json={"currency": "EUR"}).status_code == 200
            assert client.post("/v1/tenants", json={"tenant": {"id": "acme"}}).status_code == 202
            with client.stream("GET", "/v1/requests/1/stream") as stream:
                for line in stream.iter_lines():
                    if line in ("event: committed", "event: failed"):
                        break
            assert line == "event: committed"
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) in (0, -signal.SIGTERM)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_a_token_for_a_tenants_user_names_the_tenant(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ["--state", str(plan.parent / "state"), "--json"]
    assert main(["control-plane", "token", "bob", "--role", "member", *state]) == 2
    assert "needs a tenant" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert main(["control-plane", "token", "bob", "--role", "operator", "--tenant", "acme", *state]) == 2
    capsys.readouterr()
    assert main(["control-plane", "token", "bob", "--role", "member", "--tenant", "acme", *state]) == 0
    assert json.loads(capsys.readouterr().out)["tenant"] == "acme"


def test_a_plan_that_cannot_be_read_stops_it_with_a_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--plan", str(tmp_path / "none.yaml"), "--state", str(tmp_path / "state"), "--json"]
    assert main(["control-plane", "run", *arguments]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["hint"] == "name it with --plan"


def test_a_repository_that_is_not_there_stops_it_with_a_hint(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(plan.parent / "gone.git")
    arguments = ["--plan", str(plan), "--state", str(plan.parent / "state"), "--json", "--repository", place]
    assert main(["control-plane", "run", "--listen", "127.0.0.1:0", *arguments]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["hint"] == f"git init --bare {place}"


def test_an_address_that_is_taken_stops_it_with_a_hint(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--plan", str(plan), "--state", str(plan.parent / "state"), "--listen", "127.0.0.1:1", "--json"]
    if os.geteuid() == 0:
        arguments[5] = "192.0.2.1:80"
    assert main(["control-plane", "run", *arguments]) == 2
    assert "cannot listen" in json.loads(capsys.readouterr().out)["error"]["message"]
