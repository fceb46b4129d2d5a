"""What constants decide: a branch that the configuration turns off by default is not gone into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.values import Class, Const, Func, Items, Value, Values

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
    if len(values) != 1 or type(values[0]) is not Items or frame.unrolled > 1 or not puts_together(frame.func):
        return []
    items = values[0]
    if items.kind == "d":
        found = [frame.program.constant(key) for key in items.keyed] if not items.rest else []
    elif items.maker is None or any(type(one) not in (Const, Class, Func) for one in items.rest):
        return []
    else:
        found = [*items.in_order(), *((one,) for one in items.rest)]
    items.ever.readers[frame.func] = None
    return found if 1 < len(found) <= _MOST_ROUNDS else []


def compared(frame: Frame, sign: str, left: Values, right: Values) -> Values:
    """What comparing two constants gives, or a constant with a container of constants; else nothing."""
    if len(left) != 1 or len(right) != 1 or type(left[0]) is not Const or sign not in _SIGNS:
        return ()
    one, other = left[0].value, _plain(right[0])
    if other is None:
        return ()
    try:
        return frame.program.constant(_SIGNS[sign](one, other))  # type: ignore[no-any-return]
    except TypeError:
        return ()


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
