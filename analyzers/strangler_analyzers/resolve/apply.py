"""What a call does: its edge, where its arguments flow, what it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.builtins import call_builtin, call_container
from strangler_analyzers.resolve.decide import puts_together
from strangler_analyzers.resolve.frames import CallOf, Event, Frame, Site
from strangler_analyzers.resolve.hierarchy import member, outside
from strangler_analyzers.resolve.holders import held_by
from strangler_analyzers.resolve.pending import Generator, Partial
from strangler_analyzers.resolve.values import (
    EMPTY,
    MOST_CLASSES_REGISTERED,
    MOST_REGISTERED,
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
    return _enter(frame, func, call, [])


def _method(frame: Frame, method: Bound, call: CallOf) -> Values:
    given = _enter(frame, method.func, call, [(method.receiver,)])
    if method.original is None:
        return given
    return _through(frame, method.original, call, [(method.receiver,)], given)


def _wrapped(frame: Frame, value: Wrapped, call: CallOf) -> Values:
    given = _enter(frame, value.func, call, [])
    inner = unwrapped(value)
    if isinstance(inner, Func):
        return _through(frame, inner, call, [], given)
    return given


def _through(frame: Frame, inner: Func, call: CallOf, first: list[Values], given: Values) -> Values:
    """The call also reaches what is inside the decorators; if that is handed on, what it gives is more exact."""
    passes = bind_arguments(frame, inner, [*first, *call.args], call.kwargs, len(first))
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


def _enter(frame: Frame, func: Func, call: CallOf, first: list[Values]) -> Values:
    func = _given(frame, func, call)
    passes = bind_arguments(frame, func, [*first, *call.args], call.kwargs, len(first))
    if not call.quiet:
        _note(frame, func, call, passes)
    frame.program.reach(func)
    # A loader's own returns are those of all its callers; what this call names by text is more exact.
    loaded: Values = frame.program.unknown_call(frame, func.scope.name, call)
    if loaded and len(call.args) > 1 and not (func.is_variant and _lists(func.returns.values) > _lists(loaded)):
        return loaded
    if "generator" in func.scope.flags:
        frame.program.read(frame, func.yields)
        return (frame.program.generator(func),)
    returned = _nested(frame.program, func, frame.program.read(frame, func.returns), call)
    return returned or frame.program.declared_return(frame, func) or loaded


def _lists(values: Values) -> int:
    """How many containers there are: what gives one is no loader of a single thing."""
    return sum(isinstance(value, Items) for value in values)


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


def _note(frame: Frame, callee: Value, call: CallOf, passes: tuple[tuple[str, Values], ...]) -> None:
    confidence = "certain" if len(call.callees) == 1 else "possible" if len(call.callees) > 3 else "inferred"
    site = Site(callee, call.line, frame.loops > 0, frame.transaction, passes, confidence)
    frame.record.calls.append(site)


def bind_arguments(
    frame: Frame, func: Func, args: list[Values], kwargs: dict[str, Values], skip: int
) -> tuple[tuple[str, Values], ...]:
    """Let the arguments flow into the parameters; what was passed for which, without the first ``skip``."""
    places, rest, names = func.layout
    flow, known, passes = frame.program.flow, func.params.get, []
    for place, values in enumerate(args):
        name = places[place] if place < len(places) else rest
        if name:
            if values:
                flow(_without_default(func, known(name) or func.param(name), values), values)
            if place >= skip:
                passes.append((name, values))
    if func.is_variant:
        _spread(func, args[len(places) :])
    for name, values in kwargs.items():
        if name in names:
            flow(_without_default(func, func.param(name), values), values)
            passes.append((name, values))
    return tuple(passes)


def _without_default(func: Func, cell: Cell, values: Values) -> Cell:
    """A parameter that is about to be given ``values``: what is followed apart for these has no default there."""
    if func.is_variant and values and cell.values is cell.default:
        cell.values = EMPTY
    return cell


def _spread(func: Func, further: list[Values]) -> None:
    """Keep what a variant is handed for ``*args``, each at its place."""
    for place, values in enumerate(further):
        func.spread[place] = union(func.spread.get(place, EMPTY), values)


def _class(frame: Frame, cls: Class, call: CallOf) -> Values:
    bases = outside(cls)
    result: Value = cls.instance
    if bases and (frame.func.index == 0 or frame.program.is_factory(frame, bases)):
        result = _made(frame, cls, call)
        result.instance = cls.instance
    _construct(frame, cls, call, result)
    return (result,)


def _construct(frame: Frame, cls: Class, call: CallOf, result: Value) -> None:
    defined = member(cls, "__init__")
    if defined is None:
        _construct_outside(frame, cls, call, result)
        return
    for one in defined[1]:
        value = unwrapped(one)
        if isinstance(value, Func):
            value = value.on(cls) if value.owner is not None and value.owner is not cls else value
            passes = bind_arguments(frame, value, [(result,), *call.args], call.kwargs, 1)
            frame.program.reach(value)
            if not call.quiet:
                _note(frame, value, call, passes)
                if value.owner is not cls:
                    frame.record.uses.append((cls, call.line))
            return


def _construct_outside(frame: Frame, cls: Class, call: CallOf, result: Value) -> None:
    """What a constructor that is not the program's does: a container is filled."""
    held = held_by(frame, result)
    if held is not None:
        call_container(frame, frame.program.constant_member(held, "__init__"), call)
    if outside(cls) and not call.quiet:
        frame.record.outside.setdefault(f"{outside(cls)[0].dotted}.__init__", call.line)
    if not call.quiet:
        _note(frame, cls, call, _fields(cls, call))


def _fields(cls: Class, call: CallOf) -> tuple[tuple[str, Values], ...]:
    """What a class without a constructor of its own (a dataclass, a model) is given, by field."""
    return tuple(call.kwargs.items())


def _made(frame: Frame, callee: Value, call: CallOf) -> Made:
    made: Made = frame.program.made(frame, call.site, callee)
    made.callee = callee
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
    return apply(frame, CallOf(callees, call.args, call.kwargs, call.line, call.site, quiet=call.quiet))


def _partial(frame: Frame, value: Partial, call: CallOf) -> Values:
    kwargs = {**value.kwargs, **call.kwargs}
    return apply(frame, CallOf((value.func,), [*value.args, *call.args], kwargs, call.line, call.site))


def _made_object(frame: Frame, value: Made, call: CallOf) -> Values:
    if value.instance is not None:
        callees = frame.program.special(value, "__call__")
        if callees:
            return apply(frame, CallOf(callees, call.args, call.kwargs, call.line, call.site))
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
    Partial: _partial,
    Wrapped: _wrapped,
    Generator: _nothing,
}
