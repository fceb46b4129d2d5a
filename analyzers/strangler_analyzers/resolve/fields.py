"""Objects of classes whose constructor is made from their fields: dataclasses, named tuples, models."""

from __future__ import annotations

from strangler_analyzers.resolve.attributes import set_attribute
from strangler_analyzers.resolve.containers import call_method
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import fields, inherited
from strangler_analyzers.resolve.objects import Object
from strangler_analyzers.resolve.pending import Partial
from strangler_analyzers.resolve.values import EMPTY, Bound, Class, Func, Instance, Made, Value, Values, Wrapped, union

# How a library's description of a field names what makes its default.
_FACTORIES = ("default_factory", "factory")
# What a field is followed for: what can be called, or has methods of the program.
_FOLLOWED = (Func, Bound, Class, Instance, Wrapped, Partial)
_PREPARES = ("__post_init__", "__attrs_post_init__")


def fill(frame: Frame, cls: Class, call: CallOf, result: Value) -> None:
    """Let what the constructor is given flow into the fields, by place and by name, and make what is left out."""
    names = fields(cls)
    if not names:
        return
    given = dict(zip(names, call.args, strict=False))
    given.update((name, values) for name, values in call.kwargs.items() if name in names)
    for name in names:
        values = given[name] if name in given else _default(frame, cls, name)
        known = tuple([value for value in values if isinstance(value, _FOLLOWED)])
        if isinstance(result, Object) and known:
            set_attribute(frame, result, name, known)
        else:
            frame.program.declare(cls, name, known)
    for name in _PREPARES:
        call_method(frame, result if isinstance(result, Object) else cls.instance, name, [])


def _default(frame: Frame, cls: Class, name: str) -> Values:
    """The default of a field, or what its factory makes."""
    found = EMPTY
    for value in inherited(cls, name):
        if isinstance(value, Made):
            found = union(found, value.kwargs.get("default", EMPTY))
            factories = next((value.kwargs[one] for one in _FACTORIES if one in value.kwargs), EMPTY)
            call = CallOf(factories, [], {}, frame.line, frame.next_site())
            found = union(found, frame.program.apply(frame, call) if factories else EMPTY)
        elif not isinstance(value, Func):
            found = union(found, (value,))
    return found
