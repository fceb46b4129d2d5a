"""What constants decide: a branch that the configuration turns off by default is not gone into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.pure import is_unset
from strangler_analyzers.resolve.values import Class, Const, Func, Items, Made, Module, Value, Values, Wrapped

_MOST_ROUNDS = 60


def decided(frame: Frame, values: Values) -> bool | None:
    """Whether a test that gave ``values`` holds; None where it can be either way.

    Believed only while the program puts itself together, and not in loops, whose later rounds know other values.
    """
    if not values or frame.loops > frame.unrolled or not puts_together(frame.func):
        return None
    found = None
    for value in values:
        if type(value) is not Const or found is (not value.value):
            return None
        found = bool(value.value)
    return found


def puts_together(func: Func) -> bool:
    """Whether this is the body of a module, or a function followed apart for what such a body hands it."""
    return not func.index or func.registers


def rounds(frame: Frame, values: Values) -> list[Values]:
    """What a loop over ``values`` goes through, one after the other; empty where that is not known or is much."""
    if len(values) != 1 or type(values[0]) is not Items or frame.unrolled > 1:
        return []
    items = values[0]
    if not puts_together(frame.func) and not holds_parts(items):
        return []
    if items.kind == "d":
        found = [frame.program.constant(key) for key in items.keyed] if not items.rest else []
    else:
        found = _in_turn(items)
    items.ever.readers[frame.func] = None
    return found if len(found) <= _MOST_ROUNDS else []


def _in_turn(items: Items) -> list[Values]:
    """What stands in a list, in order. While the program is put together each has its place; more may come later."""
    known = items.in_order()
    if known or items.maker is None or any(type(one) not in (Const, Class, Func) for one in items.rest):
        return known
    return [(one,) for one in items.rest]


def holds_parts(items: Items) -> bool:
    """Whether a container has just things that programs are put together of: a loop over these registers them."""
    held = [values[0] if len(values) == 1 else None for values in items.keyed.values()]
    return not items.rest and 0 < len(held) <= _MOST_ROUNDS and all(_is_part(value) for value in held)


_PARTS = (Made, Class, Func, Module, Wrapped)


def _is_part(value: Value | None) -> bool:
    if isinstance(value, Items) and value.kind == "[":
        # A tuple with a part in it; one level, as lists may hold themselves.
        return any(isinstance(one, _PARTS) for values in value.keyed.values() for one in values[:1])
    return isinstance(value, _PARTS)


def compared(frame: Frame, sign: str, left: Values, right: Values) -> Values:
    """What comparing two constants gives, or a constant with a container of constants; else nothing."""
    if len(left) == len(right) == 1 and type(right[0]) is Const and sign in ("==", "!=") and is_unset(left[0]):
        return frame.program.constant(sign == "!=")  # type: ignore[no-any-return]
    if len(left) != 1 or len(right) != 1 or type(left[0]) is not Const or sign not in _SIGNS:
        return ()
    one, other = left[0].value, _plain(right[0])
    if other is None:
        return _known_key(frame, sign, one, right[0])
    try:
        return frame.program.constant(_SIGNS[sign](one, other))  # type: ignore[no-any-return]
    except TypeError:
        return ()


def compared_to_none(frame: Frame, sign: str, values: Values) -> Values:
    """Whether something known is None: it is not."""
    if sign not in _SIGNS or not values or not all(isinstance(value, Const | Class | Func) for value in values):
        return ()
    return frame.program.constant(sign in ("!is", "!="))  # type: ignore[no-any-return]


def _known_key(frame: Frame, sign: str, key: Any, value: Value) -> Values:
    """Whether a dictionary has ``key``: known if it has; what it has not may come yet."""
    if sign not in ("in", "!in") or not isinstance(value, Items) or key not in value.keyed or value.kind != "d":
        return ()
    return frame.program.constant(sign == "in")  # type: ignore[no-any-return]


def negated(frame: Frame, values: Values) -> Values:
    """``not`` of one constant."""
    if len(values) == 1 and type(values[0]) is Const:
        return frame.program.constant(not values[0].value)  # type: ignore[no-any-return]
    return ()


def _plain(value: Value) -> Any:
    """The value of a constant; a container as a tuple if all in it is known."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Items) and value.kind == "[" and not value.rest:
        held = list(value.keyed.values())
        if all(len(values) == 1 and isinstance(values[0], Const) for values in held):
            return tuple(getattr(values[0], "value", None) for values in held)
    return None


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "in": lambda one, other: one in other,
    "!in": lambda one, other: one not in other,
    "is": lambda one, other: one is other,
    "!is": lambda one, other: one is not other,
}
