"""An API server in memory: server-side apply with field ownership, and nothing else.

It knows no schema, no defaults and no admission; lists belong to whoever applied them as a whole. Tests that need
more run against a real API server.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from strangler_deploy.live.cluster import Conflict
from strangler_deploy.live.objects import MANAGER, OWNER, Key, Object, key_of

_Path = tuple[str, ...]


class MemoryCluster:
    """A cluster in memory; ``log`` has every write in its order."""

    def __init__(self) -> None:
        self.log: list[tuple[str, Key]] = []
        self._objects: dict[Key, dict[str, Any]] = {}
        self._owners: dict[Key, dict[_Path, str]] = {}

    def get(self, key: Key) -> Object | None:
        """The object."""
        return copy.deepcopy(self._objects.get(key))

    def apply(self, data: Object, *, dry_run: bool = False, force: bool = False, manager: str = MANAGER) -> Object:
        """Apply as ``manager``; fields that it applied before and leaves out now are taken away."""
        key, wanted = key_of(data), dict(_leaves(data))
        owners = self._owners.get(key, {})
        current = dict(_leaves(self._objects.get(key, {})))
        for path, value in wanted.items():
            owner = owners.get(path)
            if owner not in (None, manager) and current.get(path) != value and not force:
                raise Conflict(f'conflict with "{owner}": .{".".join(path)}')
        gone = {path for path, owner in owners.items() if owner == manager and path not in wanted}
        made = _object({path: value for path, value in {**current, **wanted}.items() if path not in gone})
        if not dry_run:
            kept = {path: owner for path, owner in owners.items() if path not in gone}
            self._owners[key] = {**kept, **dict.fromkeys(wanted, manager)}
            self._objects[key] = made
            self.log.append(("apply", key))
        return copy.deepcopy(made)

    def owned(self, product: str) -> Iterator[Object]:
        """Every object with our label."""
        for data in list(self._objects.values()):
            if (data["metadata"].get("labels") or {}).get(OWNER) == product:
                yield copy.deepcopy(data)

    def delete(self, key: Key) -> None:
        """Delete the object."""
        if self._objects.pop(key, None) is not None:
            self._owners.pop(key, None)
            self.log.append(("delete", key))

    def set_status(self, key: Key, status: Mapping[str, Any]) -> None:
        """What a controller would do."""
        self._objects[key]["status"] = dict(status)


def _leaves(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif path:
        yield path, copy.deepcopy(value)


def _object(leaves: Mapping[_Path, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for path, value in leaves.items():
        inner = made
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        inner[path[-1]] = value
    return made
