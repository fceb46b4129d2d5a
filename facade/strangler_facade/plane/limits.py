"""How much and how long: a worker's limits and deadlines, and a route's limit of requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from strangler_facade.decide import key_finder
from strangler_facade.match import Request
from strangler_facade.table import RateLimit

_MOST_KEYS = 50_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and deadlines of a worker's client side, in bytes and seconds.

    ``head_timeout`` is for a whole head, from its first byte. A request body must come at ``slowest_body`` bytes a
    second on average once ``body_grace`` is over. ``replay`` is how much of a body is kept for a second target. A
    worker that leaves waits ``drain`` for what is under way, ``drain_idle`` for a request on an idle connection.
    """

    connections: int = 20_000
    connections_per_address: int = 2_000
    head_timeout: float = 10.0
    keep_alive: float = 75.0
    slowest_body: int = 512
    body_grace: float = 20.0
    write_timeout: float = 60.0
    tunnel_idle: float = 3600.0
    high_water: int = 256 * 1024
    replay: int = 64 * 1024
    drain: float = 30.0
    drain_idle: float = 1.0


class Limiter:
    """A bucket of tokens for each client, tenant or whatever a route counts by."""

    def __init__(self, limit: RateLimit, tenant_of: Callable[[Request], str]) -> None:
        self._rate, self._burst = limit.rate, float(limit.burst)
        self._finders = tuple(key_finder(key, tenant_of) for key in limit.by)
        self._levels: dict[str, tuple[float, float]] = {}

    def allows(self, request: Request, now: float) -> bool:
        """Take a token for a request; ``False`` when its key has none left."""
        key = next(filter(None, (find(request) for find in self._finders)), request.address)
        level, filled = self._levels.get(key, (self._burst, now))
        level = min(self._burst, level + (now - filled) * self._rate)
        if level < 1:
            self._levels[key] = (level, now)
            return False
        if len(self._levels) >= _MOST_KEYS:
            self._forget(now)
        self._levels[key] = (level - 1, now)
        return True

    def _forget(self, now: float) -> None:
        """Drop keys whose bucket is full again; if that is not enough, all of them."""
        full = self._burst / self._rate
        self._levels = {key: value for key, value in self._levels.items() if now - value[1] < full}
        if len(self._levels) >= _MOST_KEYS:
            self._levels.clear()
