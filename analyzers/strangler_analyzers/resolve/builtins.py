"""What Python's own functions do with the values handed to them."""

from __future__ import annotations

import builtins
from collections.abc import Callable

from strangler_analyzers.resolve import operators
from strangler_analyzers.resolve.attributes import set_attribute
from strangler_analyzers.resolve.by_name import looked_up
from strangler_analyzers.resolve.containers import elements, merge_items, summed
from strangler_analyzers.resolve.contents import contents
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.pending import Property
from strangler_analyzers.resolve.values import (
    EMPTY,
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


def call_builtin(frame: Frame, name: str, call: CallOf) -> Values:
    """What the builtin ``name`` gives."""
    action = _BUILTINS.get(name)
    return action(frame, call) if action else EMPTY


def first(call: CallOf) -> Values:
    """The first argument."""
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
                found = union(found, looked_up(frame, first(call), name.value))
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
                    set_attribute(frame, owner, name.value, call.args[2])
    return EMPTY


def _invoke(frame: Frame, callees: Values, args: list[Values]) -> Values:
    return frame.program.apply(frame, CallOf(callees, args, {}, frame.line, frame.next_site()))  # type: ignore[no-any-return]


def _map(frame: Frame, call: CallOf) -> Values:
    iterated = [elements(frame, values) for values in call.args[1:]]
    return collection(frame, _invoke(frame, first(call), iterated))


def _filter(frame: Frame, call: CallOf) -> Values:
    held = elements(frame, call.args[1]) if len(call.args) > 1 else EMPTY
    _invoke(frame, first(call), [held])
    return collection(frame, held)


def _sorted(frame: Frame, call: CallOf) -> Values:
    held = elements(frame, first(call))
    ordered(frame, held, call)
    return collection(frame, held)


def ordered(frame: Frame, held: Values, call: CallOf) -> None:
    """What putting ``held`` in order calls: the key, or the comparison of its objects."""
    if call.kwargs.get("key"):
        _invoke(frame, call.kwargs["key"], [held])
    elif operators.has_object(held):
        operators.compared(frame, "<", held, held)


def _extreme(frame: Frame, call: CallOf) -> Values:
    held = elements(frame, first(call)) if len(call.args) == 1 else EMPTY
    for values in call.args if len(call.args) > 1 else ():
        held = union(held, values)
    ordered(frame, held, call)
    return held


def collection(frame: Frame, values: Values) -> Values:
    """A list of which only is known what it holds."""
    return (frame.program.container(frame, "[", [], values),)


def _copied(frame: Frame, call: CallOf) -> Values:
    for value in first(call):
        if isinstance(value, Items) and value.kind == "[" and value.keyed and not value.rest:
            return (frame.program.container(frame, "[", value.in_order(), EMPTY),)
    return collection(frame, elements(frame, first(call)))


def _enumerate(frame: Frame, call: CallOf) -> Values:
    held = elements(frame, first(call))
    return collection(frame, (frame.program.container(frame, "[", [EMPTY, held], EMPTY),))


def _zip(frame: Frame, call: CallOf) -> Values:
    held = [elements(frame, values) for values in call.args]
    return collection(frame, (frame.program.container(frame, "[", held, EMPTY),))


def _next(frame: Frame, call: CallOf) -> Values:
    found = EMPTY
    for value in first(call):
        if isinstance(value, Instance):
            found = union(found, _invoke(frame, frame.program.special(value, "__next__"), []))
        else:
            found = union(found, elements(frame, (value,)))
    return union(found, call.args[1]) if len(call.args) > 1 else found


def _iter(frame: Frame, call: CallOf) -> Values:
    found = EMPTY
    for value in first(call):
        if isinstance(value, Instance):
            found = union(found, _invoke(frame, frame.program.special(value, "__iter__"), []))
        else:
            found = union(found, (value,))
    return found


def _dict(frame: Frame, call: CallOf) -> Values:
    items = frame.program.container(frame, "d", [], EMPTY)
    merge_items(frame, items, first(call))
    for name, values in call.kwargs.items():
        frame.program.keep(items, name, values)
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
    return summed(frame, first(call))


def _text(frame: Frame, call: CallOf) -> Values:
    operators.told(frame, first(call))
    return tuple(value for value in first(call) if isinstance(value, Const) and isinstance(value.value, str))


def told(frame: Frame, call: CallOf) -> Values:
    """Ask each argument for its text."""
    for values in call.args:
        operators.told(frame, values)
    return EMPTY


def _special(*names: str) -> Callable[[Frame, CallOf], Values]:
    def action(frame: Frame, call: CallOf) -> Values:
        return operators.asked(frame, first(call), names, call.args[1:]) or EMPTY

    return action


def _iterated(frame: Frame, call: CallOf) -> Values:
    elements(frame, first(call))
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
    "print": told,
    "any": _iterated,
    "all": _iterated,
    "property": _property,
    "globals": _globals,
    "__import__": _imported,
}
