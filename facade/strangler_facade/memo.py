"""Results that are remembered, bounded in number and in the length of what they are results for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sized
from typing import Protocol, TypeVar


class _Key(Hashable, Sized, Protocol):
    """What can be looked up and measured."""


K = TypeVar("K", bound=_Key)
V = TypeVar("V")


class Memo(dict[K, V]):
    """``memo[key]`` is ``work(key)``, worked out once; what is remembered costs a look-up in C and no call.

    When it is full it begins anew. A ``work`` that raises is not remembered, nor is a key longer than ``longest``: who
    sends keys must not be able to fill our memory.
    """

    def __init__(self, work: Callable[[K], V], longest: int = 256, most: int = 4096) -> None:
        super().__init__()
        self._work, self._longest, self._most = work, longest, most

    def __missing__(self, key: K) -> V:
        """Work out what is not remembered."""
        value = self._work(key)
        if len(key) <= self._longest:
            if len(self) >= self._most:
                self.clear()
            self[key] = value
        return value
