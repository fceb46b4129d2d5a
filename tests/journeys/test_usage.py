"""What customers ask of the facade arrives at the SaaS control plane, each request once, whatever is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from strangler.demo.processes import free_address

pytest.importorskip("sqlalchemy", reason="the control plane needs the control-plane extra")

STRANGLER = [sys.executable, "-m", "strangler"]
PATIENCE = 60.0


@dataclass
class Site:
    """A facade with a monolith behind it, and a control plane, as processes of their own."""

    folder: Path
    listen: str = field(default_factory=free_address)
    plane: str = field(default_factory=free_address)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        monolith, admin = free_address(), free_address()
        (self.folder / "hello").write_text("hello")
        self.plan.write_text(f"""
version: 1
monolith: {{name: shop, packages: [shop], upstream: "http://{monolith}"}}
services:
  billing: {{modules: [shop.billing], routes: ["/hello"], upstream: "http://{monolith}"}}
facade:
  listen: "{self.listen}"
  admin: "{admin}"
  sticky: {{tenant: "host:example.org"}}
  usage: {{url: "http://{self.plane}", every: 1s}}
""")
        port = monolith.rpartition(":")[2]
        self._start(
            "monolith", [sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1"], f"http://{monolith}/"
        )
        self.headers = {"authorization": f"Bearer {self._token('operator')}"}
        self.meter = self._token("meter")

    @property
    def plan(self) -> Path:
        return self.folder / "strangler.yaml"

    def _token(self, role: str) -> str:
        command = [*STRANGLER, "control-plane", "token", role, "--role", role, "--state", "plane", "--json"]
        return str(json.loads(subprocess.check_output(command, cwd=self.folder))["token"])

    def start_facade(self) -> None:
        command = [*STRANGLER, "facade", "run", "--state", "facade", "--workers", "2", "--drain", "1"]
        self._start("facade", command, f"http://{self.listen}/hello")

    def start_plane(self) -> None:
        command = [*STRANGLER, "control-plane", "run", "--listen", self.plane, "--state", "plane"]
        self._start("plane", command, f"http://{self.plane}/readyz")

    def _start(self, name: str, command: list[str], url: str) -> None:
        environment = {**os.environ, "STRANGLER_USAGE_TOKEN": getattr(self, "meter", "")}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        _until(lambda: _answers(url), name)

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for process in self.running.values():
            process.wait(PATIENCE)

    def ask(self, tenant: str, path: str, times: int) -> None:
        with httpx.Client(base_url=f"http://{self.listen}", headers={"host": f"{tenant}.example.org"}) as client:
            for _ in range(times):
                client.get(path)

    def used(self, tenant: str) -> dict[str, int]:
        """Service → requests, by the control plane."""
        url = f"http://{self.plane}/v1/tenants/{tenant}/usage"
        items: list[dict[str, Any]] = httpx.get(url, headers=self.headers).json()["items"]
        return {item["service"]: item["quantity"] for item in items}


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def _until(true: Any, what: str) -> None:
    give_up = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < give_up, what
        time.sleep(0.1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.stop()


def test_every_request_served_is_counted_once_though_both_ends_are_killed(site: Site) -> None:
    site.start_plane()
    for tenant in ("acme", "maple"):
        httpx.put(f"http://{site.plane}/v1/price-lists/standard", headers=site.headers, json={"currency": "EUR"})
        wish = {"tenant": {"id": tenant}}
        assert httpx.post(f"http://{site.plane}/v1/tenants", headers=site.headers, json=wish).status_code == 202
    site.start_facade()
    site.ask("acme", "/hello", 40)
    site.ask("acme", "/", 5)
    _until(lambda: site.used("acme") == {"billing": 40, "monolith": 5}, "the first usage")
    site.kill("plane")
    site.ask("maple", "/hello", 30)
    site.ask("nobody-", "/hello", 3)
    site.kill("facade")  # its workers go on serving, and keep what nobody takes
    site.ask("acme", "/hello", 20)
    site.start_facade()
    site.start_plane()
    _until(lambda: (site.used("acme"), site.used("maple")) == ({"billing": 60, "monolith": 5}, {"billing": 30}), "all")
    site.ask("maple", "/hello", 7)
    site.running["facade"].send_signal(signal.SIGTERM)
    site.running.pop("facade").wait(PATIENCE)  # its workers' last words are not lost either
    assert (site.used("acme"), site.used("maple")) == ({"billing": 60, "monolith": 5}, {"billing": 37})
