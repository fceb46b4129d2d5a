"""Objects that are containers themselves: of classes derived from ``dict`` or ``list``, and ``defaultdict``."""

from __future__ import annotations

from typing import Any

from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import outside
from strangler_analyzers.resolve.objects import instance_of
from strangler_analyzers.resolve.values import EMPTY, Ext, Items, Value, Values

# The kind of container, by the outside class.
_KINDS = {
    "<builtin>.dict": "d",
    "<builtin>.list": "[",
    "<builtin>.set": "[",
    "collections.OrderedDict": "d",
    "collections.UserDict": "d",
    "collections.UserList": "[",
    "collections.defaultdict": "d",
    "collections.deque": "[",
}


def held_by(frame: Frame, value: Value) -> Items | None:
    """The container that ``value`` is by what its class derives from, if it is one."""
    instance = instance_of(value)
    if instance is None:
        return None
    kind = next((_KINDS[base.dotted] for base in outside(instance.cls) if base.dotted in _KINDS), None)
    return frame.program.held(value, instance.cls, kind) if kind else None


def default_of(frame: Frame, items: Items, key: Any) -> Values:
    """What a ``defaultdict`` holds at ``key`` once that was asked for: something of its own for each key."""
    found: Values = items.keyed.get(key, EMPTY)
    if not found:
        found = _made_for(frame, items, key)
        frame.program.keep(items, key, found)
    return found


def default_anywhere(frame: Frame, items: Items) -> Values:
    """What a ``defaultdict`` holds at a key that nobody knows."""
    if not items.rest:
        frame.program.put(items, _made_for(frame, items, None))
    return items.rest


def _made_for(frame: Frame, items: Items, key: Any) -> Values:
    for maker in items.factory:
        kind = _KINDS.get(maker.dotted) if isinstance(maker, Ext) else None
        model = None if kind else _model_of(frame, maker)
        if kind or model is not None:
            made: Items = frame.program.default_item(items, key, kind or model.kind)  # type: ignore[union-attr]
            made.keyed, made.rest = {}, EMPTY
            made.factory = model.factory if model is not None else EMPTY
            return (made,)
    return EMPTY


def _model_of(frame: Frame, maker: Value) -> Items | None:
    """The container that a factory of one's own makes: each key has one like it."""
    call = CallOf((maker,), [], {}, frame.line, frame.next_site(), quiet=True)
    return next((one for one in frame.program.apply(frame, call) if isinstance(one, Items)), None)
