"""What operators do to objects of the program: the special methods they call."""

from __future__ import annotations

from strangler_analyzers.resolve.containers import call_method, elements
from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.objects import Object, instance_of
from strangler_analyzers.resolve.values import EMPTY, Instance, Made, Values, union

_NAMES = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "|": "or",
    "^": "xor",
}
# What a comparison asks of its left side, and of its right side if the left has no answer.
_COMPARED = {
    "==": (("__eq__",), ("__eq__",)),
    "!=": (("__ne__", "__eq__"), ("__ne__", "__eq__")),
    "<": (("__lt__",), ("__gt__",)),
    "<=": (("__le__",), ("__ge__",)),
    ">": (("__gt__",), ("__lt__",)),
    ">=": (("__ge__",), ("__le__",)),
}


def has_object(values: Values) -> bool:
    """Whether an object of a class of ours is among ``values``."""
    for value in values:
        kind = type(value)
        if kind is Instance or kind is Object or (kind is Made and value.instance is not None):  # type: ignore[attr-defined]
            return True
    return False


def operated(frame: Frame, sign: str, left: Values, right: Values, *, in_place: bool = False) -> Values:
    """What ``left sign right`` gives where one of them is an object of ours."""
    name = _NAMES[sign]
    found = asked(frame, left, (f"__i{name}__", f"__{name}__") if in_place else (f"__{name}__",), [right])
    if found is None:
        found = asked(frame, right, (f"__r{name}__",), [left])
    return found or EMPTY


def compared(frame: Frame, sign: str, left: Values, right: Values) -> None:
    """Call what comparing ``left`` and ``right`` calls."""
    if sign in ("in", "!in"):
        if asked(frame, right, ("__contains__",), [left]) is None and has_object(right):
            elements(frame, right)
        return
    names = _COMPARED.get(sign)
    if names is not None and asked(frame, left, names[0], [right]) is None:
        asked(frame, right, names[1], [left])


def unary(frame: Frame, name: str, values: Values) -> Values:
    """What the special method ``name`` of each object among ``values`` gives."""
    return asked(frame, values, (name,), []) or EMPTY


def asked_for_truth(frame: Frame, values: Values) -> None:
    """Call what a test of ``values`` calls."""
    if has_object(values):
        asked(frame, values, ("__bool__", "__len__"), [])


def told(frame: Frame, values: Values, *names: str) -> None:
    """Call what making a text of ``values`` calls."""
    if has_object(values):
        asked(frame, values, names or ("__str__", "__repr__"), [])


def asked(frame: Frame, values: Values, names: tuple[str, ...], args: list[Values]) -> Values | None:
    """What the first special method that an object has gives; None if no object has one."""
    found = None
    for value in values:
        instance = instance_of(value)
        name = next((one for one in names if instance and frame.program.special(instance, one)), None)
        if instance is not None and name is not None:
            found = union(found or EMPTY, call_method(frame, instance, name, args))
    return found
