"""Active probes: whether a target is well, asked from time to time whether there are requests for it or not."""

from __future__ import annotations

from dataclasses import replace

from strangler_facade.plane.upstreams.errand import Errand
from strangler_facade.plane.upstreams.pool import Pool
from strangler_facade.table import Health


class Prober:
    """Probes one target and tells the switch of its pool; ``pool`` is for probes alone."""

    def __init__(self, health: Health, serving: Pool, pool: Pool) -> None:
        self._health, self._serving, self._pool = health, serving, pool
        self._due = 0.0
        self._errand: Errand | None = None
        self._good = self._bad = 0

    def tick(self, now: float) -> None:
        """Send a probe if one is due, give up on one that takes too long."""
        if now < self._due:
            return
        if self._errand is not None:
            self._errand.give_up("too slow")
            return
        self._due = now + self._health.timeout
        path = self._pool.base + self._health.path.encode()
        lines = (b"GET ", path, b" HTTP/1.1\r\nHost: ", self._pool.authority, b"\r\nUser-Agent: strangler-probe\r\n")
        block = b"".join((*lines, b"Connection: close\r\n\r\n"))
        self._errand = Errand(self._pool, block, False, 0, lambda errand: self._ended(errand, now))
        self._errand.set_out()

    def _ended(self, errand: Errand, begun: float) -> None:
        self._errand = None
        self._due = begun + self._health.interval
        if 0 < errand.status < 400:
            self._good, self._bad = self._good + 1, 0
        else:
            self._good, self._bad = 0, self._bad + 1
        if self._good >= self._health.rise:
            self._serving.switch.probed(True)
        elif self._bad >= self._health.fall:
            self._serving.switch.probed(False)

    def close(self) -> None:
        """Probe no more."""
        self._pool.close(at_once=True)


def probe_pool(serving: Pool) -> Pool:
    """A small pool for the probes of ``serving``'s target."""
    target = replace(serving.target, connections=2, idle_connections=0)
    return serving.sibling(target)
