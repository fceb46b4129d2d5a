"""Members that are looked up by a text of which only a part is known: ``getattr(self, "visit_" + kind)``."""

from __future__ import annotations

import re

from strangler_analyzers.resolve.attributes import attribute
from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.objects import class_behind, instance_of
from strangler_analyzers.resolve.pending import Matching
from strangler_analyzers.resolve.values import EMPTY, Bound, Class, Func, Module, Value, Values, Wrapped, union

# What is known of a name has to be at least this long to say which members are meant.
_LEAST_KNOWN = 3
# A name that may mean more members than this means none.
_MOST_FITTING = 200


def looked_up(frame: Frame, values: Values, text: str) -> Values:
    """What an attribute of each of ``values`` is whose name is ``text``, with ``{}`` for what is not known of it."""
    if text.isidentifier():
        return attribute(frame, values, text) if values else EMPTY
    known = text.replace("{}", "")
    if "{}" not in text or len(known.strip("_")) < _LEAST_KNOWN or not (known.isidentifier() or known.isalnum()):
        return EMPTY
    found = EMPTY
    for value in values:
        if instance_of(value) or isinstance(value, Class | Module):
            found = union(found, (frame.program.matching(value, text),))
    return found


def fitting(frame: Frame, value: Matching) -> Values:
    """The functions among the members that are meant."""
    pattern = re.compile(re.escape(value.pattern).replace(r"\{\}", r"\w+"))
    names = [name for name in dict.fromkeys(_names(value.receiver)) if pattern.fullmatch(name)]
    found: list[Value] = []
    for name in names if len(names) <= _MOST_FITTING else ():
        for one in attribute(frame, (value.receiver,), name):
            if isinstance(one, Func | Bound | Wrapped | Class) and one not in found:
                found.append(one)
    return tuple(found)


def _names(receiver: Value) -> list[str]:
    if isinstance(receiver, Module):
        return list(receiver.env)
    cls = class_behind(receiver)
    return [name for one in linearised(cls)[0] for name in one.members] if isinstance(cls, Class) else []
