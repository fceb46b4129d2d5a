"""Slows down password guessing. Kept in this process's memory, good enough for one process."""

import threading
import time
from collections import defaultdict, deque

from shop.errors import TooMany

MAX_FAILURES = 10
WINDOW_SECONDS = 300

_failures: dict[tuple, deque] = defaultdict(deque)
_lock = threading.Lock()


def check(tenant_id: int, email: str) -> None:
    with _lock:
        recent = _failures.get((tenant_id, email))
        if recent is None:
            return
        while recent and recent[0] < time.monotonic() - WINDOW_SECONDS:
            recent.popleft()
        if len(recent) >= MAX_FAILURES:
            raise TooMany("Too many failed logins; wait a few minutes.")


def record_failure(tenant_id: int, email: str) -> None:
    with _lock:
        _failures[(tenant_id, email)].append(time.monotonic())


def forget(tenant_id: int, email: str) -> None:
    with _lock:
        _failures.pop((tenant_id, email), None)
