"""When a target is left alone for a while."""

from __future__ import annotations

from collections.abc import Callable

from strangler_facade.table import Breaker


class Switch:
    """The circuit breaker of one target, together with what its probes say.

    Closed, requests pass. Open, none do until the rest is over; half open, one passes at a time until one succeeds.
    ``ready`` says that they pass without asking.
    """

    def __init__(self, breaker: Breaker, clock: Callable[[], float]) -> None:
        self._breaker, self._clock = breaker, clock
        self._streak = 0
        self._opened = 0.0
        self._trying = 0.0
        self._begun = clock()
        self._good = self._bad = 0
        self.state = "closed"
        self.healthy = self.ready = True
        self.changes = 0
        self.troubled = False

    def passes(self) -> bool:
        """Whether a request may go to the target now."""
        if self.state == "closed" or not self.healthy:
            return self.healthy
        now = self._clock()
        if now - self._opened < self._breaker.rest or now - self._trying < self._breaker.rest:
            return False
        self._trying = now
        self._turn("half-open")
        return True

    def trial(self) -> None:
        """Let a request through at once: somebody has decided anew that the target is to be used."""
        self._opened = self._trying = -self._breaker.rest
        self._streak = 0

    def answered(self) -> None:
        """The target has answered, whatever it said."""
        self._good += 1
        if self.troubled:
            self._recovered()

    def _recovered(self) -> None:
        self.troubled = False
        self._streak = 0
        if self.state != "closed":
            self._turn("closed")
            self._restart(self._clock())

    def failed(self) -> None:
        """The target could not be reached, broke off or kept silent."""
        self.troubled = True
        self._streak += 1
        self._bad += 1
        breaker, now = self._breaker, self._clock()
        total = self._good + self._bad
        too_many = total >= breaker.minimum and self._bad >= breaker.ratio * total
        if self.state == "half-open" or self._streak >= breaker.consecutive or too_many:
            self._opened, self._trying = now, 0.0
            self._turn("open")
            self._restart(now)
        elif now - self._begun > breaker.window:
            self._restart(now)

    def probed(self, well: bool) -> None:
        """What active probes have found."""
        self.changes += well != self.healthy
        self.healthy = well
        self.ready = well and self.state == "closed"

    def _turn(self, state: str) -> None:
        self.state = state
        self.changes += 1
        self.ready = self.healthy and state == "closed"

    def sweep(self, now: float) -> None:
        """Begin a new window when the last one is over."""
        if now - self._begun > self._breaker.window:
            self._restart(now)

    def _restart(self, now: float) -> None:
        self._begun, self._good, self._bad = now, 0, 0
