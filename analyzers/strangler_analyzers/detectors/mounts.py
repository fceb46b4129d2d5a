"""Applications, routers and blueprints: objects that hold routes, and where they hang."""

from __future__ import annotations

from collections.abc import Iterable

from strangler_analyzers.detectors.paths import join
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.values import Instance, Made, Member, Typed, Value

_DEEPEST = 12


def kind_of(value: Value) -> str:
    """The name of the outside class ``value`` is an object of, also through a class of the program."""
    instance = value.instance if isinstance(value, Made) else value
    if isinstance(instance, Instance):
        outside = linearised(instance.cls)[1]
        return outside[0].dotted if outside else ""
    if isinstance(value, Made):
        return value.callee.dotted
    return value.dotted if isinstance(value, Typed) else ""


def receiver_of(made: Made) -> Value | None:
    """The object whose method ``made`` is the call of."""
    return made.callee.base if isinstance(made.callee, Member) else None


class Mounts:
    """Which holder of routes hangs where below which other."""

    def __init__(self) -> None:
        self._above: dict[Value, list[tuple[Value, str]]] = {}
        self._own: dict[Value, str] = {}
        self._unknown: set[Value] = set()

    def own(self, holder: Value, prefix: str) -> None:
        """``holder`` has a prefix of its own."""
        self._own[holder] = prefix

    def hang(self, holder: Value, above: Value | None, prefix: str, *, is_known: bool = True) -> None:
        """``holder`` is mounted at ``prefix`` of ``above``, where that is known; one at a known prefix counts more."""
        if above is None or (not is_known and holder in self._above):
            return
        if is_known and holder in self._unknown:
            self._unknown.remove(holder)
            del self._above[holder]
        elif not is_known:
            self._unknown.add(holder)
        places = self._above.setdefault(holder, [])
        if (above, prefix) not in places:
            places.append((above, prefix))

    def paths(self, holder: Value, path: str, roots: Iterable[str]) -> list[str]:
        """The full paths of ``path`` in ``holder``, one for each way down from a root (a kind of holder).

        A holder that hangs nowhere counts as a root.
        """
        ends = tuple(roots)
        return list(dict.fromkeys(join(prefix + path) for prefix in self._prefixes(holder, ends, 0)))

    def _prefixes(self, holder: Value, roots: tuple[str, ...], depth: int) -> list[str]:
        own = self._own.get(holder, "")
        above = self._above.get(holder, [])
        if not above or depth > _DEEPEST:
            return [own]
        found: list[str] = []
        for parent, prefix in above:
            if parent is not holder:
                found.extend(start + prefix + own for start in self._prefixes(parent, roots, depth + 1))
        return found

    def is_reachable(self, holder: Value, roots: tuple[str, ...], depth: int = 0) -> bool:
        """Whether ``holder`` is, or hangs below, an object whose kind ends with one of ``roots``."""
        if kind_of(holder).endswith(roots):
            return True
        above = self._above.get(holder, [])
        return depth <= _DEEPEST and any(self.is_reachable(parent, roots, depth + 1) for parent, _ in above)
