"""What ``value.attr`` can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import linearised, member, outside
from strangler_analyzers.resolve.pending import Generator, Partial, Super
from strangler_analyzers.resolve.values import (
    EMPTY,
    Bound,
    Cell,
    Class,
    Const,
    Ext,
    Func,
    Instance,
    Items,
    Made,
    Member,
    Module,
    Typed,
    Value,
    Values,
    Wrapped,
    union,
    unwrapped,
)


def attribute(frame: Frame, values: Values, attr: str) -> Values:
    """What the attribute ``attr`` of each of ``values`` can be."""
    if len(values) == 1:
        return _BY_TYPE[type(values[0])](frame, values[0], attr)
    found = EMPTY
    for value in values:
        found = union(found, _BY_TYPE[type(value)](frame, value, attr))
    return found


def _of_instance(frame: Frame, value: Instance, attr: str) -> Values:
    if not frame.func.index and frame.cls is None and value.cls.module is not frame.module:
        frame.record.holds.setdefault(("import", f"{value.cls.ref}.{attr}"), frame.line)
    return instance_attribute(frame, value.cls, value, attr)


def instance_attribute(frame: Frame, cls: Class, receiver: Value, attr: str) -> Values:
    """The attribute of an object of ``cls`` that is known as ``receiver``."""
    found = EMPTY
    for one in linearised(cls)[0]:
        cell = one.attrs.get(attr)
        if cell is not None:
            found = union(found, frame.program.read(frame, cell))
    defined = member(cls, attr)
    if defined is not None and (not found or any(isinstance(value, Func | Wrapped) for value in defined[1])):
        for value in defined[1]:
            found = union(found, bound(frame, value, receiver, cls))
    if found or defined is not None:
        return found
    return _unknown(frame, cls, receiver, attr)


def _unknown(frame: Frame, cls: Class, receiver: Value, attr: str) -> Values:
    special = member(cls, "__getattr__")
    if special is not None:
        callees = tuple(one for value in special[1] for one in bound(frame, value, receiver, cls))
        return frame.program.apply(frame, CallOf(callees, [EMPTY], {}, frame.line, frame.next_site()))  # type: ignore[no-any-return]
    # A later run of another method may set it: who asks is told then.
    cls.attrs.setdefault(attr, Cell()).readers[frame.func] = None
    bases = outside(cls)
    if bases:
        return (library_member(receiver, attr, f"{bases[0].dotted}.{attr}"),)
    return overridden(frame, cls, receiver, attr)


def overridden(frame: Frame, cls: Class, receiver: Value, attr: str) -> Values:
    """What the classes derived from ``cls`` say ``attr`` is, where ``cls`` itself is silent (a template method)."""
    found = EMPTY
    for child in cls.subclasses:
        values = child.members.get(attr)
        if values is not None and child.instance is not receiver:
            for value in values:
                found = union(found, bound(frame, value, child.instance, child))
    return found


def bound(frame: Frame, value: Value, receiver: Value, cls: Class) -> Values:
    """A member of a class as it is seen on an object."""
    if isinstance(value, Wrapped):
        return _bound_wrapped(frame, value, receiver, cls)
    if isinstance(value, Func):
        if value.binding == "":
            return (frame.program.bound(value, receiver),)
        if value.binding == "static":
            return (value,)
        if value.binding == "class":
            return (frame.program.bound(value, cls),)
        callees = (frame.program.bound(value, receiver),)
        return frame.program.apply(frame, CallOf(callees, [], {}, frame.line, frame.next_site()))  # type: ignore[no-any-return]
    if isinstance(value, Made):
        return frame.program.library_field(frame, value, receiver)  # type: ignore[no-any-return]
    return (value,)


def _bound_wrapped(frame: Frame, value: Wrapped, receiver: Value, cls: Class) -> Values:
    inner = unwrapped(value)
    if not isinstance(inner, Func):
        return (value,)
    if inner.binding == "property":
        return bound(frame, inner, receiver, cls)
    holder = cls if inner.binding == "class" else receiver
    if inner.owner is not None and inner.owner is not cls:
        inner = inner.on(cls)
    return (frame.program.bound(value.func, holder, inner),) if inner.binding != "static" else (value,)


def _of_class(frame: Frame, value: Class, attr: str) -> Values:
    defined = member(value, attr)
    if defined is None:
        cell = value.attrs.get(attr)
        if cell is not None and cell.values:
            return frame.program.read(frame, cell)  # type: ignore[no-any-return]
        bases = outside(value)
        if bases:
            return (library_member(value, attr, f"{bases[0].dotted}.{attr}"),)
        return EMPTY
    found = EMPTY
    for one in defined[1]:
        if isinstance(one, Func) and one.binding == "class":
            found = union(found, (frame.program.bound(one, value),))
        elif isinstance(one, Made):
            found = union(found, frame.program.library_class_member(frame, one, value, attr))
        else:
            found = union(found, (one,))
    return found


def _of_module(frame: Frame, value: Module, attr: str) -> Values:
    return frame.program.module_attribute(frame, value, attr)  # type: ignore[no-any-return]


# What a framework keeps per request or thread.
_CONTEXTS = frozenset(["flask.g", "flask.session", "flask.current_app", "quart.g", "quart.session"])


def _of_ext(frame: Frame, value: Ext, attr: str) -> Values:
    if value.dotted in _CONTEXTS:
        frame.record.holds.setdefault(("context", value.dotted), frame.line)
    known = frame.program.library_attribute(frame, value, attr) if attr.isupper() else EMPTY
    return known or (value.child(attr),)


def library_member(base: Any, attr: str, name: str) -> Value:
    """The attribute of an object whose inside is unknown; the same one each time."""
    members = getattr(base, "members", None)
    if isinstance(base, Class | Instance) or members is None:
        return _interned(base, attr, name)
    found = members.get(attr)
    if found is None:
        found = members[attr] = Member(base, attr, name)
    return found  # type: ignore[no-any-return]


def _interned(base: Any, attr: str, name: str) -> Value:
    owner = base.cls if isinstance(base, Instance) else base
    if not isinstance(owner, Class):
        return Member(base, attr, name)
    key = (type(base), attr)
    found = owner.outer_members.get(key)
    if found is None:
        found = owner.outer_members[key] = Member(base, attr, name)
    return found


def _of_library_object(frame: Frame, value: Any, attr: str) -> Values:
    if isinstance(value, Made) and value.instance is not None:
        return instance_attribute(frame, value.instance.cls, value, attr)
    known = frame.program.library_attribute(frame, value, attr)
    return known or (library_member(value, attr, f"{value.dotted}.{attr}"),)


def _of_function(frame: Frame, value: Any, attr: str) -> Values:
    return (frame.program.function_member(value, attr),)


def _of_super(frame: Frame, value: Super, attr: str) -> Values:
    receiver = value.receiver
    cls = receiver.cls if isinstance(receiver, Instance) else receiver if isinstance(receiver, Class) else value.cls
    if isinstance(receiver, Made) and receiver.instance is not None:
        cls = receiver.instance.cls
    defined = member(cls, attr, value.cls)
    if defined is None:
        bases = outside(value.cls)
        return (library_member(receiver, attr, f"{bases[0].dotted}.{attr}"),) if bases else EMPTY
    found = EMPTY
    for one in defined[1]:
        found = union(found, bound(frame, one, receiver, cls))
    return found


def _of_constant(frame: Frame, value: Const, attr: str) -> Values:
    return (frame.program.constant_member(value, attr),)


def _of_items(frame: Frame, value: Items, attr: str) -> Values:
    return (frame.program.constant_member(value, attr),)


def _of_nothing(frame: Frame, value: Value, attr: str) -> Values:
    return EMPTY


_BY_TYPE: dict[type[Any], Callable[[Frame, Any, str], Values]] = {
    Instance: _of_instance,
    Class: _of_class,
    Module: _of_module,
    Ext: _of_ext,
    Made: _of_library_object,
    Member: _of_library_object,
    Typed: _of_library_object,
    Func: _of_function,
    Bound: _of_function,
    Partial: _of_function,
    Wrapped: _of_function,
    Super: _of_super,
    Const: _of_constant,
    Items: _of_items,
    Generator: _of_nothing,
}


def set_attribute(frame: Frame, owner: Value, attr: str, values: Values) -> None:
    """What ``owner.attr = values`` does."""
    if isinstance(owner, Made) and owner.instance is not None:
        owner = owner.instance
    if isinstance(owner, Instance):
        cell = owner.cls.attrs.get(attr)
        if cell is None:
            cell = owner.cls.attrs[attr] = Cell()
        frame.program.flow(cell, values)
    elif isinstance(owner, Class):
        replaces = values and frame.func.registers and not frame.branch
        owner.members[attr] = values if replaces else union(owner.members.get(attr, EMPTY), values)
    elif isinstance(owner, Module):
        frame.program.patch(frame, owner, attr, values)
