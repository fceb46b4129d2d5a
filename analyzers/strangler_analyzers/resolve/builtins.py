"""What Python's own functions and containers do with the values handed to them."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve import operators
from strangler_analyzers.resolve.by_name import looked_up
from strangler_analyzers.resolve.containers import elements, item_of, merge_items, summed, things_of
from strangler_analyzers.resolve.contents import contents
from strangler_analyzers.resolve.decide import holds_parts, puts_together
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.pending import Property
from strangler_analyzers.resolve.pure import call_text
from strangler_analyzers.resolve.values import (
    EMPTY,
    MOST_REGISTERED,
    Class,
    Const,
    Ext,
    Func,
    Instance,
    Items,
    Made,
    Member,
    Values,
    union,
)

NAMES = frozenset(dir(builtins))
_MOST_PAIRS = 60


def call_builtin(frame: Frame, name: str, call: CallOf) -> Values:
    """What the builtin ``name`` gives."""
    action = _BUILTINS.get(name)
    return action(frame, call) if action else EMPTY


def _first(call: CallOf) -> Values:
    return call.args[0] if call.args else EMPTY


def _super(frame: Frame, call: CallOf) -> Values:
    func: Func | None = frame.func
    while func is not None and func.owner is None:
        func = func.outer
    if len(call.args) == 2:
        classes = [value for value in call.args[0] if isinstance(value, Class)]
        owner = classes[0] if classes else func.owner if func else None
    else:
        owner = func.owner if func else None
    if owner is None or func is None or not func.scope.params:
        return EMPTY
    receivers = func.env.get(func.scope.params[0][0], EMPTY) or (owner.instance,)
    return tuple(frame.program.superior(owner, receiver) for receiver in receivers)


def _getattr(frame: Frame, call: CallOf) -> Values:
    found = EMPTY
    if len(call.args) >= 2:
        for name in call.args[1]:
            if isinstance(name, Const) and isinstance(name.value, str):
                found = union(found, looked_up(frame, _first(call), name.value))
                if name.value.isupper() and _is_outside(found) and _is_constant(call.args[2:]):
                    # A setting of which only the default is in sight.
                    return call.args[2]
    return union(found, call.args[2]) if len(call.args) > 2 else found


def _is_outside(values: Values) -> bool:
    return all(isinstance(value, Ext | Made | Member) for value in values)


def _is_constant(defaults: list[Values]) -> bool:
    return any(defaults) and all(isinstance(value, Const) for values in defaults for value in values)


def _setattr(frame: Frame, call: CallOf) -> Values:
    if len(call.args) == 3:
        for name in call.args[1]:
            if isinstance(name, Const) and isinstance(name.value, str):
                for owner in call.args[0]:
                    frame.record.writes.append((owner, name.value, call.args[2], call.line, frame.transaction))
                    frame.program.set_attribute(frame, owner, name.value, call.args[2])
    return EMPTY


def _invoke(frame: Frame, callees: Values, args: list[Values]) -> Values:
    return frame.program.apply(frame, CallOf(callees, args, {}, frame.line, frame.next_site()))  # type: ignore[no-any-return]


def _map(frame: Frame, call: CallOf) -> Values:
    iterated = [elements(frame, values) for values in call.args[1:]]
    return _collection(frame, _invoke(frame, _first(call), iterated))


def _filter(frame: Frame, call: CallOf) -> Values:
    held = elements(frame, call.args[1]) if len(call.args) > 1 else EMPTY
    _invoke(frame, _first(call), [held])
    return _collection(frame, held)


def _sorted(frame: Frame, call: CallOf) -> Values:
    held = elements(frame, _first(call))
    _ordered(frame, held, call)
    return _collection(frame, held)


def _ordered(frame: Frame, held: Values, call: CallOf) -> None:
    """What putting ``held`` in order calls: the key, or the comparison of its objects."""
    if call.kwargs.get("key"):
        _invoke(frame, call.kwargs["key"], [held])
    elif operators.has_object(held):
        operators.compared(frame, "<", held, held)


def _extreme(frame: Frame, call: CallOf) -> Values:
    held = elements(frame, _first(call)) if len(call.args) == 1 else EMPTY
    for values in call.args if len(call.args) > 1 else ():
        held = union(held, values)
    _ordered(frame, held, call)
    return held


def _collection(frame: Frame, values: Values) -> Values:
    return (frame.program.container(frame, "[", [], values),)


def _copied(frame: Frame, call: CallOf) -> Values:
    for value in _first(call):
        if isinstance(value, Items) and value.kind == "[" and value.keyed and not value.rest:
            return (frame.program.container(frame, "[", value.in_order(), EMPTY),)
    return _collection(frame, elements(frame, _first(call)))


def _enumerate(frame: Frame, call: CallOf) -> Values:
    held = elements(frame, _first(call))
    return _collection(frame, (frame.program.container(frame, "[", [EMPTY, held], EMPTY),))


def _zip(frame: Frame, call: CallOf) -> Values:
    held = [elements(frame, values) for values in call.args]
    return _collection(frame, (frame.program.container(frame, "[", held, EMPTY),))


def _next(frame: Frame, call: CallOf) -> Values:
    found = EMPTY
    for value in _first(call):
        if isinstance(value, Instance):
            found = union(found, _invoke(frame, frame.program.special(value, "__next__"), []))
        else:
            found = union(found, elements(frame, (value,)))
    return union(found, call.args[1]) if len(call.args) > 1 else found


def _iter(frame: Frame, call: CallOf) -> Values:
    found = EMPTY
    for value in _first(call):
        if isinstance(value, Instance):
            found = union(found, _invoke(frame, frame.program.special(value, "__iter__"), []))
        else:
            found = union(found, (value,))
    return found


def _dict(frame: Frame, call: CallOf) -> Values:
    items = frame.program.container(frame, "d", [], EMPTY)
    merge_items(frame, items, _first(call))
    for name, values in call.kwargs.items():
        items.keyed[name] = values
        frame.program.flow(items.ever, values)
    return (items,)


def _type(frame: Frame, call: CallOf) -> Values:
    if len(call.args) != 1:
        return EMPTY
    found = tuple(value.cls for value in call.args[0] if isinstance(value, Instance))
    made = tuple(value.instance.cls for value in call.args[0] if isinstance(value, Made) and value.instance)
    return union(found, made)


def _issubclass(frame: Frame, call: CallOf) -> Values:
    """Whether one class derives from another (or one of several) of the program's."""
    if len(call.args) != 2 or len(call.args[0]) != 1:
        return EMPTY
    cls, bases = call.args[0][0], contents(call.args[1])
    if not isinstance(cls, Class) or not bases or not all(isinstance(base, Class) for base in bases):
        return EMPTY
    return frame.program.constant(any(base in linearised(cls)[0] for base in bases))  # type: ignore[no-any-return]


def _sum(frame: Frame, call: CallOf) -> Values:
    return summed(frame, _first(call))


def _text(frame: Frame, call: CallOf) -> Values:
    operators.told(frame, _first(call))
    return tuple(value for value in _first(call) if isinstance(value, Const) and isinstance(value.value, str))


def _told(frame: Frame, call: CallOf) -> Values:
    for values in call.args:
        operators.told(frame, values)
    return EMPTY


def _special(*names: str) -> Callable[[Frame, CallOf], Values]:
    def action(frame: Frame, call: CallOf) -> Values:
        return operators.asked(frame, _first(call), names, call.args[1:]) or EMPTY

    return action


def _iterated(frame: Frame, call: CallOf) -> Values:
    elements(frame, _first(call))
    return EMPTY


def _property(frame: Frame, call: CallOf) -> Values:
    made: Property = frame.program.property_of(frame, call.site)
    given = dict(zip(("fget", "fset", "fdel"), call.args, strict=False)) | call.kwargs
    parts = {"getter": "fget", "setter": "fset", "deleter": "fdel"}
    made.parts = {part: given[name] for part, name in parts.items() if given.get(name)}
    return (made,)


def _globals(frame: Frame, call: CallOf) -> Values:
    items: Items = frame.program.container(frame, "d", [], EMPTY)
    items.keyed = dict(frame.module.env)
    return (items,)


def _imported(frame: Frame, call: CallOf) -> Values:
    return frame.program.imported_by_text(frame, call.args[:1], EMPTY, call.line) if call.args else EMPTY


_BUILTINS: dict[str, Callable[[Frame, CallOf], Values]] = {
    "super": _super,
    "getattr": _getattr,
    "setattr": _setattr,
    "map": _map,
    "filter": _filter,
    "sorted": _sorted,
    "min": _extreme,
    "max": _extreme,
    "list": _copied,
    "tuple": _copied,
    "set": _copied,
    "frozenset": _copied,
    "reversed": _copied,
    "enumerate": _enumerate,
    "zip": _zip,
    "next": _next,
    "anext": _next,
    "iter": _iter,
    "aiter": _iter,
    "dict": _dict,
    "type": _type,
    "issubclass": _issubclass,
    "str": _text,
    "sum": _sum,
    "len": _special("__len__"),
    "repr": _special("__repr__", "__str__"),
    "bool": _special("__bool__", "__len__"),
    "hash": _special("__hash__"),
    "int": _special("__int__", "__index__"),
    "float": _special("__float__", "__index__"),
    "abs": _special("__abs__"),
    "round": _special("__round__"),
    "bytes": _special("__bytes__"),
    "dir": _special("__dir__"),
    "format": _special("__format__", "__str__", "__repr__"),
    "print": _told,
    "any": _iterated,
    "all": _iterated,
    "property": _property,
    "globals": _globals,
    "__import__": _imported,
}


def call_container(frame: Frame, member: Any, call: CallOf) -> Values:
    """What a method of a container (or text) gives."""
    base = member.base
    if isinstance(base, Const):
        _told(frame, call)
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
        items.keyed[sum(1 for key in items.keyed if isinstance(key, int))] = values
        frame.program.flow(items.ever, values)


def _extend(frame: Frame, items: Items, call: CallOf) -> Values:
    for value in _first(call):
        straight = items.maker is frame.func and not frame.branch and not items.rest
        if isinstance(value, Items) and straight and not value.rest:
            for place, held in enumerate(value.in_order(), sum(1 for key in items.keyed if isinstance(key, int))):
                items.keyed[place] = held
                frame.program.flow(items.ever, held)
        else:
            frame.program.put(items, elements(frame, (value,)) or things_of((value,)))
    return EMPTY


def _update(frame: Frame, items: Items, call: CallOf) -> Values:
    if items.kind != "d":
        return _extend(frame, items, call)
    merge_items(frame, items, _first(call))
    for name, values in call.kwargs.items():
        items.keyed[name] = values
        frame.program.flow(items.ever, values)
    return EMPTY


def _get(frame: Frame, items: Items, call: CallOf) -> Values:
    found = item_of(frame, items, _first(call))
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
    return _collection(frame, items.all())


def _items(frame: Frame, items: Items, call: CallOf) -> Values:
    items.ever.readers[frame.func] = None
    program = frame.program
    is_short = 0 < len(items.keyed) <= _MOST_PAIRS and not items.rest
    if is_short and (puts_together(frame.func) or holds_parts(items)):
        pairs = [(program.constant(key), values) for key, values in items.keyed.items()]
        known = [(program.container(frame, "[", list(pair), EMPTY),) for pair in pairs]
        return (program.container(frame, "[", known, EMPTY),)
    pair = program.container(frame, "[", [EMPTY, items.all()], EMPTY)
    return _collection(frame, (pair,))


def _pop(frame: Frame, items: Items, call: CallOf) -> Values:
    if items.kind == "d" and call.args:
        return _get(frame, items, call)
    items.ever.readers[frame.func] = None
    return items.all()


def _sort(frame: Frame, items: Items, call: CallOf) -> Values:
    _ordered(frame, elements(frame, (items,)), call)
    return EMPTY


def _same(frame: Frame, items: Items, call: CallOf) -> Values:
    return (items,)


def _at(frame: Frame, items: Items, call: CallOf) -> Values:
    return item_of(frame, items, _first(call))


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
