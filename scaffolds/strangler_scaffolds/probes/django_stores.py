"""Django's connections in the monolith's process: which must be lent, and where the others are."""

from __future__ import annotations

import sys
from typing import Any, Dict, List

_ADDRESS = ("NAME", "HOST", "PORT", "USER", "PASSWORD")


class Lendable:
    """A connection of Django's as the broker uses it: its cursors take statements as Django writes them."""

    def __init__(self, wrapper: Any) -> None:
        self._wrapper = wrapper

    def cursor(self) -> Any:
        """A cursor of the driver's connection."""
        return self._wrapper.create_cursor()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapper.connection, name)


def lendable() -> Dict[str, Any]:
    """By alias: this thread's connections in a transaction, or to a store in this process's memory alone."""
    return {wrapper.alias: Lendable(wrapper) for wrapper in _open() if _must_be_lent(wrapper)}


def addresses() -> Dict[str, Any]:
    """By alias: what of a connection's settings says where its store is."""
    return {w.alias: {key: str(w.settings_dict.get(key) or "") for key in _ADDRESS} for w in _open()}


def _must_be_lent(wrapper: Any) -> bool:
    in_memory = getattr(wrapper, "is_in_memory_db", bool)
    return bool(wrapper.in_atomic_block or in_memory())


def _open() -> List[Any]:
    if "django.db" not in sys.modules or not sys.modules["django.conf"].settings.configured:
        return []
    return [wrapper for wrapper in sys.modules["django.db"].connections.all() if wrapper.connection is not None]
