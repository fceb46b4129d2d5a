"""What ``value.attr`` can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.containers import call_method
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import accessor, inherited, linearised, member, outside
from strangler_analyzers.resolve.objects import Object
from strangler_analyzers.resolve.pending import Generator, Matching, Partial, Property, Super
from strangler_analyzers.resolve.values import (
    EMPTY,
    Bound,
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
    if attr == "__class__":
        return (cls,)
    if isinstance(receiver, Object) and frame.func is receiver.maker and attr in receiver.now:
        frame.program.read(frame, receiver.own[attr])
        return receiver.now[attr]
    found = _assigned(frame, cls, receiver, attr)
    defined = member(cls, attr)
    if defined is not None and (not found or any(isinstance(value, Func | Wrapped) for value in defined[1])):
        for value in defined[1]:
            found = union(found, bound(frame, value, receiver, cls))
    if found or defined is not None:
        return found
    return _unknown(frame, cls, receiver, attr)


def _assigned(frame: Frame, cls: Class, receiver: Value, attr: str) -> Values:
    """What was assigned to the attribute, or what a class that answers for every attribute says."""
    found = EMPTY
    if "__getattribute__" in frame.program.specials:
        special = member(cls, "__getattribute__")
        found = called(frame, special[1], receiver, [frame.program.constant(attr)]) if special is not None else EMPTY
    if isinstance(receiver, Object):
        return union(found, _of_its_own(frame, receiver, attr))
    for one in linearised(cls)[0]:
        cell = one.attrs.get(attr)
        if cell is not None:
            found = union(found, frame.program.read(frame, cell))
    return found


def _of_its_own(frame: Frame, value: Object, attr: str) -> Values:
    """What was assigned to the attribute of this object, and of those of its class that are not told apart."""
    found: Values = frame.program.read(frame, value.own[attr])
    for one in linearised(value.cls)[0]:
        # A class above may have no objects of its own that are told apart.
        shared = (one.attrs if one.general is None else one.general).get(attr)
        if shared is not None:
            found = union(found, frame.program.read(frame, shared))
    return found


def _unknown(frame: Frame, cls: Class, receiver: Value, attr: str) -> Values:
    special = member(cls, "__getattr__")
    if special is not None:
        callees = tuple(one for value in special[1] for one in bound(frame, value, receiver, cls))
        call = CallOf(callees, [frame.program.constant(attr)], {}, frame.line, frame.next_site())
        return frame.program.apply(frame, call)  # type: ignore[no-any-return]
    # A later run of another method may set it: who asks is told then.
    cls.attrs[attr].readers[frame.func] = None
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
    action = _BOUND.get(type(value))
    return (value,) if action is None else action(frame, value, receiver, cls)


def _bound_function(frame: Frame, value: Func, receiver: Value, cls: Class) -> Values:
    if value.binding == "":
        return (frame.program.bound(value, receiver),)
    if value.binding == "static":
        return (value,)
    if value.binding == "class":
        return (frame.program.bound(value, cls),)
    callees = (frame.program.bound(value, receiver),)
    return frame.program.apply(frame, CallOf(callees, [], {}, frame.line, frame.next_site()))  # type: ignore[no-any-return]


def _bound_field(frame: Frame, value: Made, receiver: Value, cls: Class) -> Values:
    return frame.program.library_field(frame, value, receiver)  # type: ignore[no-any-return]


def _bound_property(frame: Frame, value: Property, receiver: Value, cls: Class) -> Values:
    return called(frame, value.parts.get("getter", EMPTY), receiver, [])


def _bound_descriptor(frame: Frame, value: Instance, receiver: Value, cls: Class) -> Values:
    if frame.program.special(value, "__get__"):
        return call_method(frame, value, "__get__", [(receiver,), (cls,)])
    return (value,)


def called(frame: Frame, funcs: Values, receiver: Value, args: list[Values]) -> Values:
    """What methods give that are called with an object, without being looked up on it."""
    callees = tuple([frame.program.bound(one, receiver) for one in map(unwrapped, funcs) if isinstance(one, Func)])
    return frame.program.apply(frame, CallOf(callees, args, {}, frame.line, frame.next_site())) if callees else EMPTY


def _bound_wrapped(frame: Frame, value: Wrapped, receiver: Value, cls: Class) -> Values:
    inner = unwrapped(value)
    if not isinstance(inner, Func):
        return (value,)
    if inner.binding == "property":
        return bound(frame, inner, receiver, cls)
    holder = cls if inner.binding == "class" else receiver
    if inner.owner is not None:
        inner = inner.on(cls)
    return (frame.program.bound(value.func, holder, inner),) if inner.binding != "static" else (value,)


_BOUND: dict[type[Any], Callable[[Frame, Any, Value, Class], Values]] = {
    Func: _bound_function,
    Wrapped: _bound_wrapped,
    Made: _bound_field,
    Property: _bound_property,
    Instance: _bound_descriptor,
    Object: _bound_descriptor,
}


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
        elif isinstance(one, Instance) and frame.program.special(one, "__get__"):
            found = union(found, call_method(frame, one, "__get__", [EMPTY, (value,)]))
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
    Object: _of_instance,
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
    Property: _of_nothing,
    Matching: _of_nothing,
}


def set_attribute(frame: Frame, owner: Value, attr: str, values: Values) -> None:
    """What ``owner.attr = values`` does."""
    if isinstance(owner, Made) and owner.instance is not None:
        owner = owner.instance
    if isinstance(owner, Instance):
        if not _is_accessed(frame, owner, attr, "setter", [values]):
            _put(frame, owner, attr, values)
    elif isinstance(owner, Class):
        replaces = values and frame.func.registers and not frame.branch
        owner.members[attr] = values if replaces else union(owner.members.get(attr, EMPTY), values)
    elif isinstance(owner, Module):
        frame.program.patch(frame, owner, attr, values)


def _put(frame: Frame, owner: Instance, attr: str, values: Values) -> None:
    cls, flow = owner.cls, frame.program.flow
    flow(cls.attrs[attr], values)
    if isinstance(owner, Object):
        flow(owner.own[attr], values)
        if frame.func is owner.maker:
            owner.become(attr, values, straight=not frame.branch and not frame.loops)
        else:
            frame.note_effect(owner, attr, values)
    elif cls.general is not None:
        flow(cls.general[attr], values)


def delete_attribute(frame: Frame, owner: Value, attr: str) -> None:
    """What ``del owner.attr`` does."""
    if isinstance(owner, Instance):
        _is_accessed(frame, owner, attr, "deleter", [])


# What of the class of an object is asked first, and what of a descriptor, when an attribute is set or deleted.
_ASKED = {"setter": ("__setattr__", "__set__"), "deleter": ("__delattr__", "__delete__")}


def _is_accessed(frame: Frame, owner: Instance, attr: str, kind: str, given: list[Values]) -> bool:
    """Call what setting or deleting an attribute calls; whether a property or descriptor took it."""
    own, of_descriptor = _ASKED[kind]
    if own in frame.program.specials:
        call_method(frame, owner, own, [frame.program.constant(attr), *given])
    func = accessor(owner.cls, attr, kind)
    if func is not None:
        called(frame, (func,), owner, given)
        return True
    if of_descriptor not in frame.program.specials and not frame.program.has_properties:
        return False
    taken = False
    for value in inherited(owner.cls, attr):
        if isinstance(value, Property) and kind in value.parts:
            called(frame, value.parts[kind], owner, given)
            taken = True
        elif isinstance(value, Instance) and frame.program.special(value, of_descriptor):
            call_method(frame, value, of_descriptor, [(owner,), *given])
            taken = True
    return taken
