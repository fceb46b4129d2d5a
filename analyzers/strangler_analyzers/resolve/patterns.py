"""What the patterns of a ``match`` statement bind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.attributes import attribute
from strangler_analyzers.resolve.containers import item_of
from strangler_analyzers.resolve.contents import contents
from strangler_analyzers.resolve.evaluate import evaluate
from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.hierarchy import fields, linearised
from strangler_analyzers.resolve.targets import assign
from strangler_analyzers.resolve.values import EMPTY, Class, Const, Instance, Items, Values, union


def fit(frame: Frame, pattern: Any, values: Values) -> None:
    """Bind what ``pattern`` takes out of ``values``."""
    action = None if pattern is None else _BY_TAG.get(pattern[0])
    if action is not None:
        action(frame, pattern, values)


def _value(frame: Frame, pattern: Any, values: Values) -> None:
    evaluate(frame, pattern[1])


def _capture(frame: Frame, pattern: Any, values: Values) -> None:
    fit(frame, pattern[2], values)
    if pattern[1]:
        frame.bind(pattern[1], _narrowed(frame, pattern[2], values))


def _alternatives(frame: Frame, pattern: Any, values: Values) -> None:
    for one in pattern[1]:
        fit(frame, one, values)


def _sequence(frame: Frame, pattern: Any, values: Values) -> None:
    """Each part of the sequence through a name that no source can have, so that unpacking is written once."""
    patterns = pattern[1]
    held = tuple([value for value in values if isinstance(value, Items) and value.kind == "["])
    names = [f"<{place}>" for place in range(len(patterns))]
    targets = [("n", name) for name in names]
    starred = [one is not None and one[0] == "*" for one in patterns]
    parts = tuple([("*", one) if star else one for one, star in zip(targets, starred, strict=True)])
    assign(frame, ("[", parts), held or values)
    for name, one in zip(names, patterns, strict=True):
        taken = frame.env.pop(name, EMPTY)
        if one is not None and one[0] == "*":
            frame.bind(one[1] or "_", taken)
        else:
            fit(frame, one, taken)


def _mapping(frame: Frame, pattern: Any, values: Values) -> None:
    held = [value for value in values if isinstance(value, Items) and value.kind != "["]
    for key, one in zip(pattern[1], pattern[2], strict=True):
        keys = evaluate(frame, key)
        found = EMPTY
        for value in held:
            found = union(found, item_of(frame, value, keys))
        fit(frame, one, found)
    if pattern[3]:
        frame.bind(pattern[3], tuple(held))


def _class(frame: Frame, pattern: Any, values: Values) -> None:
    _, code, places, named = pattern
    fitting = _fitting(frame, code, values)
    for place, one in enumerate(places):
        fit(frame, one, _taken(frame, fitting, place))
    for name, one in named:
        fit(frame, one, attribute(frame, fitting, name) if fitting else EMPTY)


def _fitting(frame: Frame, code: Any, values: Values) -> Values:
    """Those of ``values`` that are objects of the class; one of it, where none is known."""
    classes = [one for one in contents(evaluate(frame, code)) if isinstance(one, Class)]
    found = tuple(
        [one for one in values if isinstance(one, Instance) and any(cls in linearised(one.cls)[0] for cls in classes)]
    )
    return found or frame.program.instances(tuple(classes))


def _taken(frame: Frame, fitting: Values, place: int) -> Values:
    """What stands at a place of a class pattern: the attribute that ``__match_args__`` or the fields name."""
    found = EMPTY
    for value in fitting:
        name = _name_at(frame, value, place)
        if name:
            found = union(found, attribute(frame, (value,), name))
    return found


def _name_at(frame: Frame, value: Any, place: int) -> str | None:
    for names in value.cls.members.get("__match_args__", EMPTY):
        parts = names.in_order() if isinstance(names, Items) else []
        for one in parts[place] if place < len(parts) else EMPTY:
            if isinstance(one, Const) and isinstance(one.value, str):
                return one.value
    known = fields(value.cls)
    return known[place] if place < len(known) else None


def _narrowed(frame: Frame, pattern: Any, values: Values) -> Values:
    """``case C() as x``: of what x can be, the objects of the class."""
    return _fitting(frame, pattern[1], values) if pattern is not None and pattern[0] == "c" else values


_BY_TAG: dict[str, Callable[[Frame, Any, Values], None]] = {
    "=": _value,
    "as": _capture,
    "|": _alternatives,
    "[": _sequence,
    "{": _mapping,
    "c": _class,
}
