"""Notes what a body changes that is not its own: objects it was handed, state of its module."""

from __future__ import annotations

from typing import Any

from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.values import Class, Instance, Items, Made, Module

MUTATORS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "extendleft",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "put",
        "put_nowait",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
    ]
)


def note_mutation(frame: Frame, base: Any) -> None:
    """Note a change to what the expression ``base`` names."""
    code = base
    while code is not None and code[0] in (".", "[]"):
        code = code[1]
    if code is None or code[0] != "n":
        return
    name = code[1]
    if name in frame.func.params and name not in ("self", "cls"):
        frame.record.mutates.setdefault(name, frame.line)
    elif frame.func.index and name not in frame.env:
        _note_state(frame, name, base)


def _note_state(frame: Frame, name: str, base: Any) -> None:
    module = frame.module
    for value in module.env.get(name, ()):
        if isinstance(value, Module):
            if base[0] == "." and value.env.get(base[2]):
                _write(frame, value, base[2])
        elif isinstance(value, Items | Instance) or (
            isinstance(value, Made) and value.module is module and _holds(value)
        ):
            _write(frame, module, name)
        elif isinstance(value, Class) and base is not None and base[0] == ".":
            _write(frame, value.module, value.scope.qualname + "." + base[2])


def _write(frame: Frame, module: Module, name: str) -> None:
    module.state.setdefault(name, frame.line)
    frame.record.state_writes.setdefault((module.name, name), frame.line)


_CONTAINERS = (
    "collections.",
    "queue.",
    "weakref.",
    "array.",
    "threading.local",
    "cachetools.",
    "types.SimpleNamespace",
)


def _holds(value: Made) -> bool:
    """Whether the object is a container; others (sessions, loggers) have methods of the same names."""
    return value.dotted.startswith(_CONTAINERS)
