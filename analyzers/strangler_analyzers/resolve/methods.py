"""What the methods of containers and texts do with the values handed to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.builtins import collection, first, ordered, told
from strangler_analyzers.resolve.containers import elements, item_of, merge_items, things_of
from strangler_analyzers.resolve.decide import holds_parts, puts_together
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.pure import call_text
from strangler_analyzers.resolve.values import (
    EMPTY,
    MOST_REGISTERED,
    Const,
    Items,
    Values,
    union,
)

_MOST_PAIRS = 60


def call_container(frame: Frame, member: Any, call: CallOf) -> Values:
    """What a method of a container (or text) gives."""
    base = member.base
    if isinstance(base, Const):
        told(frame, call)
        return call_text(frame, base, member.attr, call)
    action = _CONTAINERS.get(member.attr)
    return action(frame, base, call) if action else EMPTY


def _append(frame: Frame, items: Items, call: CallOf) -> Values:
    values = call.args[-1] if call.args else EMPTY
    straight = items.maker is frame.func and not frame.branch and len(call.args) == 1
    gathers = puts_together(frame.func) and len(items.keyed) < MOST_REGISTERED and items.maker is not None
    if (straight or gathers) and items.kind == "[" and not items.rest:
        _append_once(frame, items, values, again=straight)
    else:
        frame.program.put(items, values)
    return EMPTY


def _append_once(frame: Frame, items: Items, values: Values, *, again: bool) -> None:
    """One more at the end; what another body fills as it runs again has each thing once."""
    if again or values not in items.keyed.values():
        frame.program.keep(items, sum(1 for key in items.keyed if isinstance(key, int)), values)


def _extend(frame: Frame, items: Items, call: CallOf) -> Values:
    for value in first(call):
        straight = items.maker is frame.func and not frame.branch and not items.rest
        if isinstance(value, Items) and straight and not value.rest:
            for place, held in enumerate(value.in_order(), sum(1 for key in items.keyed if isinstance(key, int))):
                frame.program.keep(items, place, held)
        else:
            frame.program.put(items, elements(frame, (value,)) or things_of((value,)))
    return EMPTY


def _update(frame: Frame, items: Items, call: CallOf) -> Values:
    if items.kind != "d":
        return _extend(frame, items, call)
    merge_items(frame, items, first(call))
    for name, values in call.kwargs.items():
        frame.program.keep(items, name, values)
    return EMPTY


def _get(frame: Frame, items: Items, call: CallOf) -> Values:
    found = item_of(frame, items, first(call))
    for values in call.args[1:]:
        found = union(found, values)
    return found


def _setdefault(frame: Frame, items: Items, call: CallOf) -> Values:
    if len(call.args) == 2:
        for key in call.args[0]:
            if isinstance(key, Const):
                items.keyed[key.value] = union(items.keyed.get(key.value, EMPTY), call.args[1])
                frame.program.flow(items.ever, call.args[1])
    return _get(frame, items, call)


def _values(frame: Frame, items: Items, call: CallOf) -> Values:
    items.ever.readers[frame.func] = None
    return collection(frame, items.all())


def _items(frame: Frame, items: Items, call: CallOf) -> Values:
    items.ever.readers[frame.func] = None
    program = frame.program
    is_short = 0 < len(items.keyed) <= _MOST_PAIRS and not items.rest
    if is_short and (puts_together(frame.func) or holds_parts(items)):
        pairs = [(program.constant(key), values) for key, values in items.keyed.items()]
        known: list[Values] = [(program.container(frame, "[", list(pair), EMPTY),) for pair in pairs]
        return (program.container(frame, "[", known, EMPTY),)
    pair = program.container(frame, "[", [EMPTY, items.all()], EMPTY)
    return collection(frame, (pair,))


def _pop(frame: Frame, items: Items, call: CallOf) -> Values:
    if items.kind == "d" and call.args:
        return _get(frame, items, call)
    items.ever.readers[frame.func] = None
    return items.all()


def _sort(frame: Frame, items: Items, call: CallOf) -> Values:
    ordered(frame, elements(frame, (items,)), call)
    return EMPTY


def _same(frame: Frame, items: Items, call: CallOf) -> Values:
    return (items,)


def _at(frame: Frame, items: Items, call: CallOf) -> Values:
    return item_of(frame, items, first(call))


_CONTAINERS: dict[str, Callable[[Frame, Items, CallOf], Values]] = {
    "__init__": _update,
    "__getitem__": _at,
    "__setitem__": _setdefault,
    "append": _append,
    "add": _append,
    "appendleft": _append,
    "insert": _append,
    "extend": _extend,
    "update": _update,
    "get": _get,
    "setdefault": _setdefault,
    "values": _values,
    "items": _items,
    "pop": _pop,
    "popitem": _pop,
    "popleft": _pop,
    "sort": _sort,
    "copy": _same,
    "union": _same,
}
