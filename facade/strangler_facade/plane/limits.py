"""Rate limits: a bucket of tokens for each client, tenant or whatever the route counts by."""

from __future__ import annotations

from collections.abc import Callable

from strangler_facade.decide import key_finder
from strangler_facade.match import Request
from strangler_facade.table import RateLimit

_MOST_KEYS = 50_000


class Limiter:
    """The token buckets of one route in one worker."""

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
