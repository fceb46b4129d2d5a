"""What a call does: its edge, where its arguments flow, what it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.arguments import Passes, bind_arguments
from strangler_analyzers.resolve.builtins import call_builtin
from strangler_analyzers.resolve.by_name import fitting
from strangler_analyzers.resolve.decide import puts_together
from strangler_analyzers.resolve.fields import fill
from strangler_analyzers.resolve.frames import CallOf, Event, Frame, Site
from strangler_analyzers.resolve.hierarchy import linearised, member, outside
from strangler_analyzers.resolve.holders import held_by
from strangler_analyzers.resolve.methods import call_container
from strangler_analyzers.resolve.objects import Object, instance_of, on_object
from strangler_analyzers.resolve.pending import Generator, Matching, Partial, Property
from strangler_analyzers.resolve.values import (
    EMPTY,
    MOST_CLASSES_REGISTERED,
    MOST_REGISTERED,
    Bound,
    Class,
    Const,
    Ext,
    Func,
    Instance,
    Items,
    Made,
    Member,
    Typed,
    Value,
    Values,
    Wrapped,
    union,
    unwrapped,
)


def apply(frame: Frame, call: CallOf) -> Values:
    """What calling each of ``call.callees`` gives."""
    callees = call.callees
    if len(callees) == 1:
        action = _BY_TYPE.get(type(callees[0]))
        return EMPTY if action is None else action(frame, callees[0], call)
    found = EMPTY
    for callee in callees:
        action = _BY_TYPE.get(type(callee))
        if action is not None:
            found = union(found, action(frame, callee, call))
    return found


def _function(frame: Frame, func: Func, call: CallOf) -> Values:
    return _enter(frame, func, call, EMPTY)


def _method(frame: Frame, method: Bound, call: CallOf) -> Values:
    given = _enter(frame, method.func, call, (method.receiver,))
    if method.original is None:
        return given
    return _through(frame, method.original, call, (method.receiver,), given)


def _wrapped(frame: Frame, value: Wrapped, call: CallOf) -> Values:
    given = _enter(frame, value.func, call, EMPTY)
    inner = unwrapped(value)
    if isinstance(inner, Func):
        return _through(frame, inner, call, EMPTY, given)
    return given


def _through(frame: Frame, inner: Func, call: CallOf, first: Values, given: Values) -> Values:
    """The call also reaches what is inside the decorators; if that is handed on, what it gives is more exact."""
    passes = bind_arguments(frame, inner, call, first)
    if not call.quiet:
        site = Site(inner, call.line, frame.loops > 0, frame.transaction, passes, "inferred", through=True)
        frame.record.calls.append(site)
    frame.program.reach(inner)
    returned: Values = frame.program.read(frame, inner.returns)
    return returned if returned and all(value in given for value in returned) else given


def _is_callable(value: Value) -> bool:
    return isinstance(value, Func | Bound | Class | Made | Partial | Wrapped)


def _nested(program: Any, func: Func, returned: Values, call: CallOf) -> Values:
    """What a decorator gives: its inner function, known to be around what the decorator was called with."""
    inner = [value for value in returned if isinstance(value, Func) and value.outer is not None]
    inner = [value for value in inner if value.outer is not None and value.outer.scope is func.scope]
    if not inner or len(call.args) != 1 or not any(_is_callable(value) for value in call.args[0]):
        return returned
    found = EMPTY
    for value in returned:
        if value in inner:
            around = tuple(program.wrapped(value, original) for original in call.args[0] if _is_callable(original))
            found = union(found, around)
        else:
            found = union(found, (value,))
    return found


def _enter(frame: Frame, func: Func, call: CallOf, first: Values) -> Values:
    func = _given(frame, func, call)
    passes = bind_arguments(frame, func, call, first)
    if not call.quiet:
        _note(frame, func, call, passes)
    _run(frame, func)
    # A loader's own returns are those of all its callers; what this call names by text is more exact.
    loaded: Values = frame.program.unknown_call(frame, func.scope.name, call)
    if loaded and len(call.args) > 1 and not (func.is_variant and _lists(func.returns.values) > _lists(loaded)):
        return loaded
    if "generator" in func.scope.flags:
        frame.program.read(frame, func.yields)
        return (frame.program.generator(func),)
    returned = _nested(frame.program, func, _returned(frame, func, passes, first), call)
    return returned or frame.program.declared_return(frame, func) or loaded


def _run(frame: Frame, func: Func) -> None:
    """Have the body run, and what it does to the names around it done here."""
    frame.program.reach(func, frame)
    if func.record is not None and func.record.effects:
        frame.take_effects(func.record.effects)


def _lists(values: Values) -> int:
    """How many containers there are: what gives one is no loader of a single thing."""
    return sum(isinstance(value, Items) for value in values)


def _returned(frame: Frame, func: Func, passes: Passes, first: Values) -> Values:
    """What this call gives: of the parameters that are handed back, what was passed here, if that is known."""
    whole: Values = frame.program.read(frame, func.returns)
    if not func.handed:
        return whole
    found: Values = frame.program.read(frame, func.made)
    passed = dict(passes)
    for name in func.handed:
        is_first = first and name == func.layout.places[0]
        values = first if is_first else passed.get(name) or func.param(name).default
        if not values:
            return whole
        found = union(found, values)
    return found


def _given(frame: Frame, func: Func, call: CallOf) -> Func:
    """What is handed classes (a model to query, a form to fill), or their methods, is followed apart for each.

    So is, while the program puts itself together, what is handed texts: functions that register paths and handlers.
    """
    single = [values[0] for values in (*call.args, *call.kwargs.values()) if len(values) == 1]
    if single and (puts_together(frame.func) or frame.func.is_apart):
        key = tuple([value for value in single if isinstance(value, Class | Const) or _is_of_class(value)])
        most = MOST_CLASSES_REGISTERED if any(isinstance(value, Class) for value in key) else MOST_REGISTERED
        apart = func.given(key, most) if key else func
        apart.registers = apart.registers or (apart.is_apart and puts_together(frame.func))
        return apart
    key = tuple([value for value in single if isinstance(value, Class) or _is_of_class(value)])
    return func.given(key) if key else func


def _is_of_class(value: Value) -> bool:
    """``Order.by_id``: a way to get objects of one class is as telling as the class."""
    return isinstance(value, Bound) and isinstance(value.receiver, Class)


def _note(frame: Frame, callee: Value, call: CallOf, passes: Passes) -> None:
    confidence = "certain" if len(call.callees) == 1 else "possible" if len(call.callees) > 3 else "inferred"
    site = Site(callee, call.line, frame.loops > 0, frame.transaction, passes, confidence)
    frame.record.calls.append(site)


def _class(frame: Frame, cls: Class, call: CallOf) -> Values:
    bases = outside(cls)
    cls.is_made = True
    result: Value = cls.instance
    if bases and (frame.func.index == 0 or frame.program.is_factory(frame, bases)):
        result = _made(frame, cls, call)
        result.instance = cls.instance
    elif frame.func.index == 0 and not bases and not frame.loops:
        result = frame.program.object_of(frame, call.site, cls)
    made = _by_new(frame, cls, call)
    _construct(frame, cls, call, result)
    return made or (result,)


def _by_new(frame: Frame, cls: Class, call: CallOf) -> Values:
    """What ``__new__`` gives where that is no object of the class."""
    defined = member(cls, "__new__")
    if defined is None:
        return EMPTY
    callees = tuple([frame.program.bound(one, cls) for one in map(unwrapped, defined[1]) if isinstance(one, Func)])
    given = apply(frame, CallOf(callees, call.args, call.kwargs, call.line, call.site, call.rest, call.quiet))
    known = [instance_of(value) for value in given]
    return EMPTY if any(one is not None and cls in linearised(one.cls)[0] for one in known) else given


def _construct(frame: Frame, cls: Class, call: CallOf, result: Value) -> None:
    defined = member(cls, "__init__")
    if defined is None:
        _construct_outside(frame, cls, call, result)
        return
    func = next((one for one in map(unwrapped, defined[1]) if isinstance(one, Func)), None)
    if func is not None:
        _prepare(frame, _constructor(func, cls, result), cls, call, result)


def _prepare(frame: Frame, func: Func, cls: Class, call: CallOf, result: Value) -> None:
    """Call ``__init__``."""
    passes = bind_arguments(frame, func, call, (result,))
    _run(frame, func)
    if not call.quiet:
        _note(frame, func, call, passes)
        if func.owner is not cls:
            frame.record.uses.append((cls, call.line))


def _constructor(func: Func, cls: Class, result: Value) -> Func:
    """``__init__`` as it runs on the object that is made, or on any of a class that inherits it."""
    if func.owner is None:
        return func
    if isinstance(result, Object):
        return on_object(func, result)
    return func.on(cls)


def _construct_outside(frame: Frame, cls: Class, call: CallOf, result: Value) -> None:
    """What a constructor that is not the program's does: a container is filled."""
    held = held_by(frame, result)
    if held is not None:
        call_container(frame, frame.program.constant_member(held, "__init__"), call)
    if outside(cls) and not call.quiet:
        frame.record.outside.setdefault(f"{outside(cls)[0].dotted}.__init__", call.line)
    if not call.quiet:
        _note(frame, cls, call, _fields(cls, call))
    fill(frame, cls, call, result)


def _fields(cls: Class, call: CallOf) -> tuple[tuple[str, Values], ...]:
    """What a class without a constructor of its own (a dataclass, a model) is given, by field."""
    return tuple(call.kwargs.items())


def _made(frame: Frame, callee: Value, call: CallOf) -> Made:
    made: Made = frame.program.made(frame, call.site, callee)
    made.args = call.args
    made.kwargs = call.kwargs
    made.line = call.line
    return made


def _library(frame: Frame, callee: Any, call: CallOf) -> Values:
    name = callee.dotted
    if isinstance(callee, Ext) and name.startswith("<builtin>."):
        return _builtin(frame, name, call)
    if isinstance(callee, Member):
        # A method that an object has from the container it is is the container's.
        held = callee.base if isinstance(callee.base, Items | Const) else held_by(frame, callee.base)
        if held is not None:
            if not call.quiet:
                frame.record.outside.setdefault(name, call.line)
            return call_container(frame, frame.program.constant_member(held, callee.attr), call)
    made = _made(frame, callee, call)
    if not call.quiet:
        frame.record.outside.setdefault(name, call.line)
        frame.record.events.append(Event(name, made, frame.func, call.line, frame.loops > 0, frame.transaction))
    return frame.program.library_result(frame, made, call)  # type: ignore[no-any-return]


def _builtin(frame: Frame, name: str, call: CallOf) -> Values:
    if not call.quiet:
        frame.record.outside.setdefault(name, call.line)
    return call_builtin(frame, name.rpartition(".")[2], call)


def _object(frame: Frame, value: Instance, call: CallOf) -> Values:
    callees = frame.program.special(value, "__call__")
    if not callees:
        return EMPTY
    return apply(frame, CallOf(callees, call.args, call.kwargs, call.line, call.site, call.rest, call.quiet))


def _partial(frame: Frame, value: Partial, call: CallOf) -> Values:
    kwargs = {**value.kwargs, **call.kwargs}
    return apply(frame, CallOf((value.func,), [*value.args, *call.args], kwargs, call.line, call.site, call.rest))


def _matching(frame: Frame, value: Matching, call: CallOf) -> Values:
    callees = fitting(frame, value)
    return apply(frame, CallOf(callees, call.args, call.kwargs, call.line, call.site, call.rest, call.quiet))


def _made_object(frame: Frame, value: Made, call: CallOf) -> Values:
    if value.instance is not None:
        callees = frame.program.special(value, "__call__")
        if callees:
            return apply(frame, CallOf(callees, call.args, call.kwargs, call.line, call.site, call.rest))
    return _library(frame, value, call)


def _nothing(frame: Frame, value: Any, call: CallOf) -> Values:
    return EMPTY


_BY_TYPE: dict[type[Any], Callable[[Frame, Any, CallOf], Values]] = {
    Func: _function,
    Bound: _method,
    Class: _class,
    Ext: _library,
    Member: _library,
    Typed: _library,
    Made: _made_object,
    Instance: _object,
    Object: _object,
    Partial: _partial,
    Property: _nothing,
    Matching: _matching,
    Wrapped: _wrapped,
    Generator: _nothing,
}
