"""How many requests may be sent a second time, so that a failing service does not drown the monolith."""

from __future__ import annotations

from strangler_facade.table import Budget


class Allowance:
    """Tokens: each request adds a share of one, each second some, each second sending takes a whole one."""

    def __init__(self, budget: Budget) -> None:
        self._share = budget.percent / 100
        self._each_second = budget.minimum
        self._most = max(10.0, budget.minimum * 10)
        self._tokens = self._most
        self._filled = 0.0
        self._seen = 0

    def earned(self, requests: int, now: float) -> None:
        """Add what ``requests`` (all so far) and the time have earned."""
        seconds = min(now - self._filled, 1.0) if self._filled else 0.0
        share = (requests - self._seen) * self._share
        self._tokens = min(max(self._most, share), self._tokens + share + seconds * self._each_second)
        self._seen, self._filled = requests, now

    def take(self) -> bool:
        """Whether one more may be sent again."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
