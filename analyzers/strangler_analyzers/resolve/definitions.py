"""What ``def`` and ``class`` statements make."""

from __future__ import annotations

from typing import Any

from strangler_analyzers.resolve.containers import call_method
from strangler_analyzers.resolve.decide import puts_together
from strangler_analyzers.resolve.evaluate import evaluate
from strangler_analyzers.resolve.execute import execute
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import forget_order, member, metaclasses
from strangler_analyzers.resolve.values import (
    EMPTY,
    Class,
    Ext,
    Func,
    Instance,
    Made,
    Member,
    Value,
    Values,
    Wrapped,
    union,
)


def define_function(frame: Frame, index: int) -> None:
    """Run a ``def``: its defaults and decorators, then its name."""
    func: Func = frame.program.function(frame, index)
    scope = func.scope
    bind_defaults(frame, func)
    accessor = _accessor(scope.decorators)
    func.decorators = [evaluate(frame, code) for code, _, _ in scope.decorators]
    func.binding = _binding(func)
    if accessor is not None and (accessor[0] in frame.env or frame.cls is not None):
        if frame.cls is not None:
            frame.cls.accessors[scope.name, accessor[1]] = func
        return
    frame.bind(scope.name, _decorated(frame, func, func.decorators, scope.decorators))


def _accessor(decorators: tuple[Any, ...]) -> tuple[str, str] | None:
    """The property that ``@name.setter`` (or ``deleter``, ``expression``) adds to, and what it adds."""
    for code, _, _ in decorators:
        if code is not None and code[0] == "." and code[2] in ("setter", "deleter", "expression", "inplace"):
            return (str(code[1][-1]), code[2]) if code[1] is not None and code[1][0] in ("n", ".") else None
    return None


def _binding(func: Func) -> str:
    for values in func.decorators:
        for value in values:
            name = value.dotted.rpartition(".")[2].lower()
            if name == "staticmethod":
                return "static"
            if name == "classmethod":
                return "class"
            if isinstance(value, Ext | Member | Made) and name.endswith("property"):
                return "property"
    return "class" if func.owner and func.scope.name in ("__init_subclass__", "__class_getitem__") else ""


def bind_defaults(frame: Frame, func: Func) -> None:
    """Let the defaults flow into the parameters."""
    for name, _, _, annotation, _, default in func.scope.params:
        if default is not None:
            given = _provided(frame, evaluate(frame, default))
        elif annotation is not None and annotation[0] == "[]":
            given = _annotated_default(frame, annotation)
        else:
            continue
        for one in func.variants():
            cell = one.param(name)
            cell.default = union(cell.default, given)
            if cell.is_defaulted:
                frame.program.flow(cell, given)


def _provided(frame: Frame, values: Values) -> Values:
    """What a dependency that is injected gives: ``Depends(f)`` is what ``f`` returns."""
    found = EMPTY
    for value in values:
        if isinstance(value, Made) and value.dotted.endswith((".Depends", ".Security")) and value.args:
            provider = CallOf(value.args[0], [], {}, frame.line, frame.next_site(), quiet=True)
            given = frame.program.apply(frame, provider)
            found = union(found, frame.program.yielded(frame, given))
        else:
            found = union(found, (value,))
    return found


def _annotated_default(frame: Frame, annotation: Any) -> Values:
    """``Annotated[T, Depends(f)]``."""
    index = annotation[2]
    if annotation[1] is None or annotation[1][-1] != "Annotated" or index is None or index[0] != "[":
        return EMPTY
    found = EMPTY
    for code in index[1][1:]:
        values = evaluate(frame, code)
        given = _provided(frame, values)
        if given != values:
            found = union(found, given)
    return found


def _decorated(frame: Frame, value: Func | Class, decorators: list[Values], codes: Any) -> Values:
    """What the name stands for after its decorators, the nearest first.

    A decorator from outside is taken to hand back what it was given, with the same signature.
    """
    current: Values = (value,)
    for callees, (_, _, line) in zip(reversed(decorators), reversed(codes), strict=True):
        frame.line = line
        internal = tuple(one for one in callees if not isinstance(one, Ext | Member | Made))
        call = CallOf(callees, [current], {}, line, frame.next_site())
        given = frame.program.apply(frame, call)
        kept = tuple(one for one in given if not isinstance(one, Made | Member))
        if internal and kept:
            current = _around(frame, callees, kept, current, value)
    return current


def _around(frame: Frame, callees: Values, values: Values, current: Values, original: Func | Class) -> Values:
    """A function that a decorator made (and nobody else) is taken to be around what it decorates.

    A decorator gives what it gave for anything it was ever put on: of what it hands back, only what it got counts.
    """
    ever = [one for callee in callees for one in _ever_put_on(callee)]
    found = EMPTY
    for one in values:
        if isinstance(one, Wrapped) and one not in current:
            found = union(found, (frame.program.wrapped(one.func, original),))
        elif isinstance(one, Func) and one is not original and one.outer not in (None, frame.func):
            found = union(found, (frame.program.wrapped(one, original),))
        else:
            found = union(found, current if one in ever else (one,))
    return found


def _ever_put_on(decorator: Value) -> Values:
    if isinstance(decorator, Func) and decorator.layout.places:
        return decorator.param(decorator.layout.places[0]).values
    return EMPTY


def define_class(frame: Frame, index: int) -> None:
    """Run a ``class``: its bases, its body, its decorators, then its name."""
    cls: Class = frame.program.class_of(frame.module, index)
    scope = cls.scope
    cls.decorators = [evaluate(frame, code) for code, _, _ in scope.decorators]
    _set_bases(frame, cls)
    cls.keywords = {name: evaluate(frame, code) for name, code in scope.keywords}
    inner = Frame(frame.program, frame.func, cls.members, cls)
    inner.sites, inner.transaction = frame.sites, frame.transaction
    inner.outers = [frame.env, *frame.outers] if frame.func.index and frame.cls is None else list(frame.outers)
    inner.line = scope.line
    cls.members.setdefault("__name__", frame.program.constant(scope.name))
    execute(inner, scope.code())
    frame.sites = inner.sites
    _tell_of(frame, cls)
    frame.program.class_done(frame, cls)
    frame.bind(scope.name, _decorated(frame, cls, cls.decorators, scope.decorators))


def _tell_of(frame: Frame, cls: Class) -> None:
    """Call what the making of a class calls: its descriptors, the class it derives from, its metaclass."""
    for name, values in list(cls.members.items()):
        for value in values:
            if isinstance(value, Instance):
                call_method(frame, value, "__set_name__", [(cls,), frame.program.constant(name)])
    defined = member(cls, "__init_subclass__", cls)
    if defined is not None:
        hooks = [frame.program.bound(one, cls) for one in defined[1] if isinstance(one, Func)]
        for hook in hooks:
            hook.func.registers = puts_together(frame.func)
        keywords = {name: values for name, values in cls.keywords.items() if name != "metaclass"}
        frame.program.apply(frame, CallOf(tuple(hooks), [], keywords, cls.scope.line, frame.next_site()))
    for kind in metaclasses(cls):
        for name in ("__new__", "__init__"):
            of_kind = member(kind, name)
            callees: Values = tuple([one for one in of_kind[1] if isinstance(one, Func)]) if of_kind else EMPTY
            given = [(kind,) if name == "__new__" else (cls,), EMPTY, EMPTY, EMPTY]
            frame.program.apply(frame, CallOf(callees, given, {}, cls.scope.line, frame.next_site()))


def _set_bases(frame: Frame, cls: Class) -> None:
    bases: list[Value] = []
    for code in cls.scope.bases:
        plain = code[1] if code is not None and code[0] == "[]" else code
        bases.extend(one for one in evaluate(frame, plain) if one is not cls and not _is_plain(one))
    kept: list[Value] = [one for one in bases if isinstance(one, Class | Ext | Member | Made)]
    if kept != cls.bases:
        cls.bases = kept
        forget_order(cls)
    for base in kept:
        if isinstance(base, Class) and cls not in base.subclasses:
            base.subclasses.append(cls)


def _is_plain(value: Any) -> bool:
    return isinstance(value, Ext) and value.dotted in (
        "<builtin>.object",
        "typing.Generic",
        "typing.Protocol",
        "abc.ABC",
    )
