"""The tenants' act: two are onboarded through the control plane's API, each by one commit; a third is refused."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from strangler.demo.commands import Commands
from strangler.demo.facts import Onboarding
from strangler.demo.processes import Processes, Program
from strangler.errors import StranglerError

_PATIENCE = 60.0
_PRICES = {"currency": "EUR", "monthly": "100"}
_WELCOME: tuple[Mapping[str, str], ...] = (
    {"id": "fjord", "name": "Fjord Outdoor", "tier": "standard"},
    {"id": "maple", "name": "Maple Books", "tier": "standard"},
)


@dataclass(frozen=True)
class Tenants:
    """A control plane at ``address`` that commits to a repository of its own below ``directory``."""

    run: Commands
    processes: Processes
    directory: Path
    address: str
    say: Callable[[str], None]

    def onboard(self, forbidden: Mapping[str, str]) -> Onboarding:
        """Ask for two tenants and for the ``forbidden`` one, and look at what the repository has then.

        Raises:
            StranglerError: the control plane does not do what it should.
        """
        self._git("init", "--quiet", "--bare", "--initial-branch=main", "gitops.git")
        with self._operator() as operator:
            welcome = [self._ask(operator, wish) for wish in _WELCOME]
            refused = self._ask(operator, forbidden)
        for state, told in ((request["state"], request["reason"]) for request in welcome):
            if state == "failed":
                raise StranglerError(f"a tenant was refused: {told}")
        if refused["state"] != "failed":
            raise StranglerError(f"the wish for '{forbidden['id']}' was met, though a policy forbids it")
        seconds = tuple(round(request["seconds"], 2) for request in welcome)
        return Onboarding(len(welcome), self._commits(), self._findings(), refused["reason"], seconds)

    @contextmanager
    def _operator(self) -> Iterator[httpx.Client]:
        """The control plane's API for an operator; its process is started first."""
        state = self.directory / "control-plane"
        options = ["--listen", self.address, "--state", str(state), "--repository", str(self.directory / "gitops.git")]
        command = [sys.executable, "-m", "strangler", "control-plane", "run", *options]
        url = f"http://{self.address}"
        self.processes.start(Program("control-plane", command, self.run.directory, {}, f"{url}/readyz"))
        self.say(f"the control plane answers at {url}")
        token = self.run("control-plane", "token", "demo", "--role", "operator", "--state", str(state))["token"]
        with httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=_PATIENCE) as client:
            client.put("/v1/price-lists/standard", json=_PRICES).raise_for_status()
            yield client

    def _ask(self, operator: httpx.Client, wish: Mapping[str, str]) -> dict[str, Any]:
        """Ask for one tenant and wait until it is committed or refused; ``seconds`` is how long that took."""
        begun = time.monotonic()
        answer = operator.post("/v1/tenants", json={"tenant": wish}).raise_for_status()
        request: dict[str, Any] = answer.json()
        while request["state"] == "pending":
            if time.monotonic() - begun > _PATIENCE:
                raise StranglerError(f"the wish for '{wish['id']}' stays pending: {request['reason']}")
            time.sleep(0.02)
            request = operator.get(answer.headers["location"]).raise_for_status().json()
        told = f"refused: {request['reason']}" if request["state"] == "failed" else f"commit {request['commit'][:12]}"
        self.say(f"tenant {wish['id']}: {told}")
        return {**request, "seconds": time.monotonic() - begun}

    def _commits(self) -> int:
        """How many commits the repository has that say which request they meet."""
        trailer = "--format=%(trailers:key=Strangler-Request,valueonly,separator=%x2C)"
        return len(self._git("-C", "gitops.git", "log", trailer, "main").split())

    def _findings(self) -> int:
        """What the check finds in a clone of what was pushed; notes are no findings."""
        self._git("clone", "--quiet", "gitops.git", "gitops-of-tenants")
        clone = self.directory / "gitops-of-tenants"
        found = self.run("deploy", "check", str(clone), "--plan", str(clone / "strangler.yaml"))
        return sum(finding["severity"] != "note" for finding in found["findings"])

    def _git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StranglerError(f"git {arguments[0]} failed: {done.stderr.strip()[-300:]}")
        return done.stdout
