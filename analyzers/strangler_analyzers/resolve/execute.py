"""Runs statements. Every branch is run; what a name can be after it is the union of the branches that go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.annotations import annotated
from strangler_analyzers.resolve.containers import added, call_method, elements, joined
from strangler_analyzers.resolve.decide import decided, puts_together, rounds
from strangler_analyzers.resolve.evaluate import evaluate, tested
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.mutations import note_mutation
from strangler_analyzers.resolve.objects import Object
from strangler_analyzers.resolve.operators import has_object, operated
from strangler_analyzers.resolve.patterns import fit
from strangler_analyzers.resolve.targets import assign, delete
from strangler_analyzers.resolve.values import (
    EMPTY,
    Bound,
    Class,
    Const,
    Func,
    Instance,
    Items,
    Made,
    Typed,
    Values,
    Wrapped,
    union,
)


def execute(frame: Frame, body: tuple[Any, ...]) -> None:
    """Run the statements of ``body``."""
    for code in body:
        frame.line = code[1]
        _BY_TAG[code[0]](frame, code)


def _assignment(frame: Frame, code: Any) -> None:
    values = evaluate(frame, code[3])
    for target in code[2]:
        assign(frame, target, values)


def _annotated(frame: Frame, code: Any) -> None:
    _, _, target, annotation, value = code
    values = evaluate(frame, value)
    declared = annotated(frame, annotation)
    if value is None and frame.cls is None:
        assign(frame, target, declared)
    elif frame.cls is not None and target[0] == "n":
        frame.bind(target[1], values or EMPTY)
        frame.cls.fields[target[1]] = None
        frame.program.declare(frame.cls, target[1], declared)
    else:
        concrete = tuple(value for value in values if not isinstance(value, Const))
        assign(frame, target, concrete or declared or values)


def _augmented(frame: Frame, code: Any) -> None:
    _, line, target, value, sign = code
    new = evaluate(frame, value)
    if target is not None and target[0] == "n":
        _augmented_name(frame, target[1], sign, new)
        return
    old = evaluate(frame, target)
    note_mutation(frame, target)
    if target is not None and target[0] == ".":
        for owner in evaluate(frame, target[1]):
            frame.record.writes.append((owner, target[2], new, line, frame.transaction))
    assign(frame, target, _grown(frame, sign, old, new) if old else new)


def _augmented_name(frame: Frame, name: str, sign: str, new: Values) -> None:
    old = frame.env.get(name, EMPTY)
    if has_object(old) or any(isinstance(one, Items) for one in old):
        frame.bind(name, _grown(frame, sign, old, new))
    elif name in frame.globals or frame.func.index == 0:
        frame.bind(name, union(frame.module.env.get(name, EMPTY), new))


def _grown(frame: Frame, sign: str, old: Values, new: Values) -> Values:
    if has_object(old):
        return operated(frame, sign, old, new, in_place=True)
    return joined(frame, [old, new]) if sign == "|" else added(frame, [old, new])


def _expression(frame: Frame, code: Any) -> None:
    evaluate(frame, code[2])


def _return(frame: Frame, code: Any) -> None:
    func, values = frame.func, evaluate(frame, code[2])
    frame.program.flow(func.returns, values)
    if values and code[2][0] == "n" and frame.given.get(code[2][1]) is values:
        func.handed[code[2][1]] = None
    else:
        frame.program.flow(func.made, values)
    frame.ended = True


def _raise(frame: Frame, code: Any) -> None:
    values = evaluate(frame, code[2])
    evaluate(frame, code[3])
    if values:
        frame.record.raises.append((values, code[1]))
    classes = tuple(value for value in values if isinstance(value, Class))
    if classes:
        frame.program.apply(frame, CallOf(classes, [], {}, code[1], frame.next_site()))
    frame.ended = True


def _delete(frame: Frame, code: Any) -> None:
    for target in code[2]:
        delete(frame, target)


def _if(frame: Frame, code: Any) -> None:
    holds = decided(frame, tested(frame, code[2]))
    if holds is not None:
        _define(frame, code[4] if holds else code[3])
        execute(frame, code[3] if holds else code[4])
        return
    before = frame.env
    frame.branch += 1
    outcomes = [_branch(frame, before, code[3], code[2]), _branch(frame, before, code[4], None)]
    frame.branch -= 1
    _join(frame, before, outcomes)


def _define(frame: Frame, body: tuple[Any, ...]) -> None:
    """What stands in a branch that is not gone into is known, and not done."""
    for code in body:
        if code[0] in ("def", "class", "im"):
            frame.line = code[1]
            _BY_TAG[code[0]](frame, code)


def _branch(frame: Frame, before: dict[str, Values], body: tuple[Any, ...], test: Any) -> dict[str, Values] | None:
    """The names after ``body`` was run on a copy of ``before``; None if it never goes on."""
    if not body and test is None:
        return before
    frame.env = dict(before)
    frame.ended = False
    narrow(frame, test)
    execute(frame, body)
    ended, frame.ended = frame.ended, False
    return None if ended else frame.env


def narrow(frame: Frame, test: Any) -> None:
    """Inside ``if isinstance(x, C)`` an ``x`` of which nothing was known is a ``C``."""
    if test is None or test[0] != "()" or test[1] != ("n", "isinstance") or len(test[2]) != 2:
        return
    subject, kinds = test[2]
    if subject is None or subject[0] != "n" or frame.env.get(subject[1]):
        return
    classes = evaluate(frame, kinds)
    if len(classes) == 1 and isinstance(classes[0], Items):
        classes = classes[0].all()
    frame.env[subject[1]] = frame.program.instances(classes)


def _join(frame: Frame, before: dict[str, Values], outcomes: list[dict[str, Values] | None]) -> None:
    going = [env for env in outcomes if env is not None]
    if not going:
        frame.env = _into(before, before)
        frame.ended = True
        return
    merged = going[0]
    for env in going[1:]:
        for name, values in env.items():
            old = merged.get(name)
            if old is None:
                merged[name] = values
            elif old is not values:
                merged[name] = union(old, values)
    frame.env = _into(before, merged)


def _into(before: dict[str, Values], merged: dict[str, Values]) -> dict[str, Values]:
    """``before`` made equal to ``merged``: closures, modules and classes hold on to the very dictionary."""
    if merged is not before:
        before.update(merged)
    return before


def _for(frame: Frame, code: Any) -> None:
    _, _, target, iterated, body, orelse = code
    values = evaluate(frame, iterated)
    each = rounds(frame, values)
    if each:
        _unrolled(frame, target, each, body)
    else:
        _looped(frame, target, elements(frame, values), body)
    execute(frame, orelse)


def _unrolled(frame: Frame, target: Any, each: list[Values], body: tuple[Any, ...]) -> None:
    frame.loops += 1
    frame.unrolled += 1
    for values in each:
        assign(frame, target, values)
        execute(frame, body)
        frame.ended = False
    frame.loops -= 1
    frame.unrolled -= 1


def _looped(frame: Frame, target: Any, values: Values, body: tuple[Any, ...]) -> None:
    """Run the body of a loop; once more if it leaves names with values that its first round did not see."""
    before, start, sites = frame.env, frame.record.marks(), frame.sites
    frame.loops += 1
    frame.branch += 1
    assign(frame, target, values)
    outcome = _branch(frame, before, body, None)
    again = frame.program.is_small or puts_together(frame.func)
    if again and outcome is not None and _has_grown(before, outcome):
        frame.record.forget(start)
        frame.sites = sites
        _join(frame, before, [dict(before), outcome])
        assign(frame, target, values)
        outcome = _branch(frame, before, body, None)
    frame.loops -= 1
    frame.branch -= 1
    _join(frame, before, [dict(before), outcome])
    frame.ended = False


def _has_grown(before: dict[str, Values], after: dict[str, Values]) -> bool:
    """Whether a name of ``before`` stands, after a round, for something new that can be called or asked."""
    for name, old in before.items():
        new = after.get(name, old)
        if new is not old and any(type(value) in _OF_INTEREST and value not in old for value in new):
            return True
    return False


_OF_INTEREST = frozenset([Bound, Class, Func, Instance, Object, Wrapped])


def _while(frame: Frame, code: Any) -> None:
    tested(frame, code[2])
    _looped(frame, None, EMPTY, code[3])
    execute(frame, code[4])


def _with(frame: Frame, code: Any) -> None:
    _, line, items, body = code
    outer = frame.transaction
    for context, target in items:
        values = evaluate(frame, context)
        entered = EMPTY
        for value in values:
            entered = union(entered, _enter(frame, value))
        if target is not None:
            assign(frame, target, entered)
        frame.program.enter_transaction(frame, values, line)
    execute(frame, body)
    frame.transaction = outer


def _enter(frame: Frame, value: Any) -> Values:
    if isinstance(value, Instance):
        found = call_method(frame, value, "__enter__", []) or call_method(frame, value, "__aenter__", [])
        for name in ("__exit__", "__aexit__"):
            call_method(frame, value, name, [EMPTY] * 3)
        return found or (value,)
    if isinstance(value, Made | Typed):
        return (value,)
    return elements(frame, (value,)) or ((value,) if not isinstance(value, Const) else EMPTY)


def _try(frame: Frame, code: Any) -> None:
    _, _, body, handlers, orelse, final = code
    before = frame.env
    frame.branch += 1
    outcomes = [_branch(frame, before, body + orelse, None) if body else before]
    after = outcomes[0] if outcomes[0] is not None else before
    for caught, name, handler, line in handlers:
        frame.line = line
        start = dict(before)
        for key, values in after.items():
            start[key] = union(start.get(key, EMPTY), values)
        kinds = evaluate(frame, caught)
        _note_caught(frame, kinds)
        if name:
            start[name] = frame.program.instances(kinds)
        outcomes.append(_branch(frame, start, handler, None) if handler else start)
    frame.branch -= 1
    _join(frame, before, outcomes)
    ended, frame.ended = frame.ended, False
    execute(frame, final)
    frame.ended = frame.ended or ended


def _note_caught(frame: Frame, kinds: Values) -> None:
    for kind in kinds:
        for one in kind.all() if isinstance(kind, Items) else (kind,):
            if isinstance(one, Class) and one.module is not frame.module:
                frame.record.holds.setdefault(("catch", one.ref), frame.line)


def _def(frame: Frame, code: Any) -> None:
    frame.program.define_function(frame, code[2])


def _class(frame: Frame, code: Any) -> None:
    frame.program.define_class(frame, code[2])


def _import(frame: Frame, code: Any) -> None:
    for index in range(code[2], code[3]):
        frame.program.run_import(frame, frame.module.facts.imports[index])


def _global(frame: Frame, code: Any) -> None:
    frame.globals |= frozenset(code[2])


def _nonlocal(frame: Frame, code: Any) -> None:
    frame.nonlocals |= frozenset(code[2])


def _match(frame: Frame, code: Any) -> None:
    values = evaluate(frame, code[2])
    before = frame.env
    outcomes: list[dict[str, Values] | None] = [dict(before)]
    frame.branch += 1
    for pattern, guard, body in code[3]:
        frame.env = dict(before)
        fit(frame, pattern, values)
        tested(frame, guard)
        outcomes.append(_branch(frame, frame.env, body, None) if body else frame.env)
    frame.branch -= 1
    _join(frame, before, outcomes)


_BY_TAG: dict[str, Callable[[Frame, Any], None]] = {
    "=": _assignment,
    ":": _annotated,
    "+=": _augmented,
    "e": _expression,
    "r": _return,
    "raise": _raise,
    "del": _delete,
    "if": _if,
    "for": _for,
    "while": _while,
    "with": _with,
    "try": _try,
    "def": _def,
    "class": _class,
    "im": _import,
    "g": _global,
    "nl": _nonlocal,
    "match": _match,
}
