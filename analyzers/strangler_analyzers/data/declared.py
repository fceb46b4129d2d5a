"""The fields a model class declares or inherits."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.values import Class, Func, Made


def declared(cls: Class) -> Iterator[tuple[str, Made]]:
    """(name, the call that made the field); the nearest in the order of classes wins."""
    seen: set[str] = set()
    for one in linearised(cls)[0]:
        for name in sorted(one.members):
            if name in seen:
                continue
            for value in one.members[name]:
                if isinstance(value, Made):
                    seen.add(name)
                    yield (name, value)
                elif isinstance(value, Func) and _is_declared(value):
                    seen.add(name)
                    yield from ((name, made) for made in value.returns.values if isinstance(made, Made))


def _is_declared(func: Func) -> bool:
    """``@declared_attr`` methods give a field."""
    names = [value.dotted for values in func.decorators for value in values]
    return any("declared_attr" in name for name in names)
