"""The traffic act: shadow, small steps, a crash at half the users, the way back, and on to all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from strangler.demo.processes import Processes, Program
from strangler.demo.traffic import Traffic
from strangler.errors import StranglerError
from strangler_facade import AdminClient

Say = Callable[[str], None]

_STEPS_BEFORE = (1, 10, 50)
_REQUESTS_A_STEP = 260
_SHADOWED = 60
_PATIENCE = 40.0


@dataclass(frozen=True)
class Rollback:
    """How the facade answered the crash: the weight it came down to, how long that took, the reason it wrote down."""

    weight: float
    seconds: float
    reason: str


@dataclass(frozen=True)
class Shift:
    """The service that gets the traffic, and everything that is needed to move it."""

    service: Program
    name: str
    admin: AdminClient
    traffic: Traffic
    processes: Processes
    say: Say

    def shadow(self) -> dict[str, int]:
        """Mirror safe requests until enough answers were compared; how many, and how many differed."""
        self.admin.shadow(self.name, True, "see whether it answers alike")
        self._until(lambda: self._state()["compared"] >= _SHADOWED, "enough requests were shadowed")
        state = self._state()
        self.say(f"shadow: {state['compared']} answers compared, {state['differing']} differ")
        return {"compared": state["compared"], "different": state["differing"]}

    def climb(self) -> None:
        """Raise the weight step by step up to half of the users, with traffic at each."""
        for percent in _STEPS_BEFORE:
            self._step(percent)

    def crash(self) -> Rollback:
        """Kill the service without warning and wait until the facade has sent everybody back to the monolith."""
        self.say(f"killing {self.name} (SIGKILL) at {_STEPS_BEFORE[-1]} %")
        start = time.monotonic()
        self.processes.kill(self.service.name)
        self._until(lambda: self._state()["weight"] == 0, "the facade rolled back by itself")
        seconds = time.monotonic() - start
        reason = self._why()
        self.say(f"back at the monolith after {seconds:.1f} s: {reason}")
        return Rollback(float(self._state()["weight"]), round(seconds, 2), reason)

    def mend(self) -> float:
        """Start the service again and go on to all users; the weight at the end."""
        self.processes.start(self.service)
        self.say(f"{self.name} runs again")
        for percent in (_STEPS_BEFORE[-1], 100):
            self._step(percent)
        return float(self._state()["weight"])

    def _step(self, percent: int) -> None:
        self.admin.shift(self.name, percent, f"demonstration: {percent} %")
        before = int(self.traffic.told["requests"])
        self._told(lambda told: int(told["requests"]) >= before + _REQUESTS_A_STEP)
        told = self.traffic.told
        self.say(f"{percent:>3} %: {told['requests']} requests so far, {told.get('failed', 0)} failed")

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.admin.service(self.name)
        return state

    def _why(self) -> str:
        """The reason the audit log gives for the last move that no person made."""
        entries = self.admin.history(service=self.name, limit=20)
        return next((str(entry["reason"]) for entry in entries if entry["action"] == "retreat"), "")

    def _told(self, reached: Callable[[Mapping[str, Any]], bool]) -> None:
        if not self.traffic.until(reached, seconds=_PATIENCE):
            raise StranglerError(f"the customers did not get on within {_PATIENCE:.0f} s")

    def _until(self, reached: Callable[[], bool], what: str) -> None:
        give_up = time.monotonic() + _PATIENCE
        while not reached():
            if time.monotonic() > give_up:
                raise StranglerError(f"within {_PATIENCE:.0f} s it did not come about that {what}")
            time.sleep(0.05)
