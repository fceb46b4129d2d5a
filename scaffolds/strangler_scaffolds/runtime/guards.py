"""Keeps a failing or slow service from taking the monolith down with it: breaker and bulkhead."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable

from .errors import NotNow


class Breaker:
    """Stops calling after ``failures`` in a row, and lets one through every ``pause`` seconds to see if it is over."""

    def __init__(self, failures: int = 5, pause: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are being refused at present."""
        return self._failures >= self._limit

    def enter(self) -> None:
        """Ask to make a call.

        Raises:
            NotNow: it was not answering a moment ago.
        """
        with self._lock:
            if self._failures < self._limit:
                return
            now = self._clock()
            if now < self._closed_until:
                raise NotNow("the breaker is open")
            self._closed_until = now + self._pause

    def succeeded(self) -> None:
        """The service answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """The service did not answer."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._closed_until = self._clock() + self._pause


class Bulkhead:
    """Lets at most ``size`` calls be under way at once; one more waits as long as its deadline, then fails."""

    def __init__(self, size: int = 32) -> None:
        self._slots = threading.BoundedSemaphore(size)

    def run(self, call: Callable[[], Any], timeout: float) -> Any:
        """Make ``call`` in one of the slots.

        Raises:
            NotNow: none became free within ``timeout`` seconds.
        """
        if not self._slots.acquire(timeout=timeout):
            raise NotNow("too many calls are under way")
        try:
            return call()
        finally:
            self._slots.release()
