"""The seam to an API server: five calls, each on one object, whoever is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from strangler_deploy.live.objects import Key, Object


class Conflict(Exception):
    """Somebody else owns a field that we would change; the message says who and which."""


class Refused(Exception):
    """The API server does not take the object; the message is its own."""


class Cluster(Protocol):
    """An API server as we use it."""

    def get(self, key: Key) -> Object | None:
        """The object, None if there is none."""
        ...

    def apply(self, data: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        """Apply ``data`` as its field manager and return what becomes of it.

        Raises:
            Conflict: another manager owns a field of it (with ``force`` it is taken over).
            Refused: the server does not take it.
        """
        ...

    def owned(self, product: str) -> Iterator[Object]:
        """Every object that we brought."""
        ...

    def delete(self, key: Key) -> None:
        """Delete the object and what it owns; it may be gone already."""
        ...
