"""Runs expressions: code → values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve import operators, pure
from strangler_analyzers.resolve.attributes import attribute
from strangler_analyzers.resolve.containers import (
    added,
    elements,
    item_of,
    joined,
    keywords_of,
    merge_items,
    put_at,
    sliced,
    spread_of,
    things_of,
)
from strangler_analyzers.resolve.decide import compared, compared_to_none, decided, negated, rounds
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.mutations import MUTATORS, note_mutation
from strangler_analyzers.resolve.pending import Generator
from strangler_analyzers.resolve.values import EMPTY, Const, Ext, Func, Items, Made, Member, Values, union


def evaluate(frame: Frame, code: Any) -> Values:
    """What ``code`` can be, its effects recorded in ``frame``."""
    return EMPTY if code is None else _BY_TAG[code[0]](frame, code)


def _name(frame: Frame, code: Any) -> Values:
    found = frame.env.get(code[1])
    return frame.lookup(code[1]) if found is None else found


def _attribute(frame: Frame, code: Any) -> Values:
    base = code[1]
    values = EMPTY if base is None else _BY_TAG[base[0]](frame, base)
    return attribute(frame, values, code[2]) if values else EMPTY


def _constant(frame: Frame, code: Any) -> Values:
    value = code[1]
    if type(value) is str and len(value) > 12 and " " in value:
        frame.record.texts.append((value, frame.line, frame.transaction))
    return frame.program.constant(value)  # type: ignore[no-any-return]


def _call(frame: Frame, code: Any) -> Values:
    _, func, arg_codes, kwarg_codes, line = code
    callees = evaluate(frame, func)
    frame.line = line
    if func is not None and func[0] == "." and func[2] in MUTATORS:
        note_mutation(frame, func[1])
    args, rest = [], EMPTY
    for item in arg_codes:
        if item is not None and item[0] == "*":
            known, more = spread_of(frame, evaluate(frame, item[1]))
            args.extend(known or [more])
            rest = union(rest, more)
        else:
            args.append(EMPTY if item is None else _BY_TAG[item[0]](frame, item))
    kwargs = {}
    for name, item in kwarg_codes:
        values = evaluate(frame, item)
        if name is not None:
            kwargs[name] = values
        else:
            kwargs.update(keywords_of(values))
    frame.line = line
    frame.sites += 1
    call = CallOf(callees, args, kwargs, line, frame.sites, rest)
    if not callees:
        return _unknown_call(frame, func, call)
    return frame.program.apply(frame, call)  # type: ignore[no-any-return]


def _unknown_call(frame: Frame, func: Any, call: CallOf) -> Values:
    name = func[2] if func is not None and func[0] == "." else func[1] if func is not None and func[0] == "n" else None
    if isinstance(name, str):
        frame.record.unresolved.append((name, call.line))
        return frame.program.unknown_call(frame, name, call)  # type: ignore[no-any-return]
    return EMPTY


def _subscript(frame: Frame, code: Any) -> Values:
    base = evaluate(frame, code[1])
    index = code[2]
    if index is not None and index[0] == "sl":
        return sliced(frame, base, [evaluate(frame, end) for end in index[1:]])
    keys = evaluate(frame, index)
    found = EMPTY
    for value in base:
        found = union(found, item_of(frame, value, keys))
    return found


def _display(frame: Frame, code: Any) -> Values:
    known: list[Values] = []
    rest = EMPTY
    for item in code[1]:
        if item is not None and item[0] == "*":
            values = evaluate(frame, item[1])
            spread, more = spread_of(frame, values)
            known.extend(spread)
            rest = union(rest, more if more or spread else things_of(values))
        else:
            known.append(EMPTY if item is None else _BY_TAG[item[0]](frame, item))
    return (frame.program.container(frame, "[", known, rest, code[2]),)


def _dict(frame: Frame, code: Any) -> Values:
    items = frame.program.container(frame, "d", [], EMPTY, code[2])
    for key, item in code[1]:
        values = evaluate(frame, item)
        if key is None:
            merge_items(frame, items, values)
        else:
            put_at(frame, items, evaluate(frame, key), values)
    return (items,)


def _effects(frame: Frame, code: Any) -> Values:
    for item in code[1]:
        if item is not None:
            _BY_TAG[item[0]](frame, item)
    return EMPTY


def _binary(frame: Frame, code: Any) -> Values:
    _, sign, items = code
    parts = [EMPTY if item is None else _BY_TAG[item[0]](frame, item) for item in items]
    if any(map(operators.has_object, parts)):
        return _operated(frame, sign, parts)
    return _plain(frame, sign, parts)


def _operated(frame: Frame, sign: str, parts: list[Values]) -> Values:
    """A chain of operators some of whose sides are objects of ours."""
    found = parts[0]
    for part in parts[1:]:
        given = operators.operated(frame, sign, found, part)
        found = union(given, _plain(frame, sign, [found, part]))
    return found


def _plain(frame: Frame, sign: str, parts: list[Values]) -> Values:
    if sign == "+":
        return added(frame, parts)
    if sign == "%":
        texts = [value.value for value in parts[0] if isinstance(value, Const) and isinstance(value.value, str)]
        for value in parts[1] if texts else EMPTY:
            operators.told(frame, elements(frame, (value,)) if isinstance(value, Items) else (value,))
        return pure.percent(frame, texts[0], parts[1]) if texts else EMPTY
    if sign == "|":
        return joined(frame, parts)
    return tuple(value for value in parts[0] if isinstance(value, Items)) if sign == "*" else EMPTY


def _unary(frame: Frame, code: Any) -> Values:
    values = evaluate(frame, code[2])
    return operators.unary(frame, code[1], values) if operators.has_object(values) else EMPTY


def tested(frame: Frame, code: Any) -> Values:
    """A value that is asked whether it holds."""
    values = evaluate(frame, code)
    if values:
        operators.asked_for_truth(frame, values)
    return values


def _and(frame: Frame, code: Any) -> Values:
    found = EMPTY
    for place, item in enumerate(code[1]):
        values = tested(frame, item) if place < len(code[1]) - 1 else evaluate(frame, item)
        holds = decided(frame, values)
        if holds is False:
            return values
        if holds is None or place == len(code[1]) - 1:
            found = union(found, values)
    return found


def _or(frame: Frame, code: Any) -> Values:
    found = EMPTY
    for place, item in enumerate(code[1]):
        values = tested(frame, item) if place < len(code[1]) - 1 else evaluate(frame, item)
        holds = decided(frame, values)
        if holds and not found:
            return values
        if holds is None or place == len(code[1]) - 1:
            found = union(found, values)
    return found


def _not(frame: Frame, code: Any) -> Values:
    return negated(frame, tested(frame, code[1]))


def _compare(frame: Frame, code: Any) -> Values:
    left, right = evaluate(frame, code[2]), evaluate(frame, code[3])
    is_asked = operators.has_object(left) or operators.has_object(right)
    if is_asked:
        operators.compared(frame, code[1], left, right)
    if code[3] == ("k", None):
        return compared_to_none(frame, code[1], left)
    return EMPTY if is_asked else compared(frame, code[1], left, right)


def _conditional(frame: Frame, code: Any) -> Values:
    holds = decided(frame, tested(frame, code[1]))
    if holds is not None:
        return evaluate(frame, code[2] if holds else code[3])
    return union(evaluate(frame, code[2]), evaluate(frame, code[3]))


def _lambda(frame: Frame, code: Any) -> Values:
    func: Func = frame.program.function(frame, code[1])
    frame.program.bind_defaults(frame, func)
    return (func,)


def _comprehension(frame: Frame, code: Any) -> Values:
    _, kind, key, element, generators, line = code
    outer = dict(frame.env)
    frame.loops += 1
    known: list[Values] = []
    keyed: dict[Any, Values] = {}
    values = EMPTY
    first = evaluate(frame, generators[0][1])
    each = rounds(frame, first) if len(generators) == 1 else []
    frame.unrolled += bool(each)
    for one in each:
        holds = _bind_round(frame, generators[0], one)
        names = evaluate(frame, key) if kind == "d" and holds is not False else EMPTY
        given = evaluate(frame, element) if holds is not False else EMPTY
        if holds and kind == "d" and len(names) == 1 and isinstance(names[0], Const):
            keyed[names[0].value] = given
        elif holds is None or kind == "d":
            values = union(values, given)
        elif holds:
            known.append(given)
    frame.unrolled -= bool(each)
    if not each:
        values = _all_rounds(frame, code, first)
    _leave(frame, outer)
    items: Items = frame.program.container(frame, _kind_of(kind, keyed), known, values, line)
    for name, given in keyed.items():
        frame.program.keep(items, name, given)
    return (items,)


def _leave(frame: Frame, outer: dict[str, Values]) -> None:
    """Forget the names of a comprehension."""
    frame.loops -= 1
    frame.env.clear()
    frame.env.update(outer)


def _kind_of(kind: str, keyed: dict[Any, Values]) -> str:
    """A dictionary of which no key is known is one of values."""
    return "[" if kind != "d" else "d" if keyed else "v"


def _bind_round(frame: Frame, generator: Any, values: Values) -> bool | None:
    """Let one round's element be the target; whether its conditions hold, None if that is open."""
    target, _, conditions = generator
    frame.program.assign(frame, target, values)
    tests = [decided(frame, tested(frame, condition)) for condition in conditions]
    return False if False in tests else None if None in tests else True


def _all_rounds(frame: Frame, code: Any, first: Values) -> Values:
    """What any round of a comprehension gives."""
    _, _, key, element, generators, _ = code
    for place, (target, iterated, conditions) in enumerate(generators):
        frame.program.assign(frame, target, elements(frame, evaluate(frame, iterated) if place else first))
        for condition in conditions:
            tested(frame, condition)
    if key is not None:
        evaluate(frame, key)
    return evaluate(frame, element)


def _await(frame: Frame, code: Any) -> Values:
    return evaluate(frame, code[1])


def _yield(frame: Frame, code: Any) -> Values:
    frame.program.flow(frame.func.yields, evaluate(frame, code[1]))
    return EMPTY


def _yield_from(frame: Frame, code: Any) -> Values:
    values = evaluate(frame, code[1])
    frame.program.flow(frame.func.yields, elements(frame, values))
    found = EMPTY
    for value in values:
        if isinstance(value, Generator):
            found = union(found, frame.program.read(frame, value.func.returns))
    return found


def _walrus(frame: Frame, code: Any) -> Values:
    values = evaluate(frame, code[2])
    frame.bind(code[1], values)
    return values


def _joined(frame: Frame, code: Any) -> Values:
    """The text of an f-string, ``{}`` where its values go."""
    pieces = []
    for item in code[1]:
        if item is not None and item[0] == "k" and isinstance(item[1], str):
            pieces.append(item[1])
        else:
            values = evaluate(frame, item)
            operators.told(frame, values, "__format__", "__str__", "__repr__")
            known = [value.value for value in values if isinstance(value, Const)]
            # What is known is the default of what may be set from outside.
            open_ends = [value for value in values if not isinstance(value, Const | Ext | Made | Member)]
            pieces.append(known[0] if len(known) == 1 and isinstance(known[0], str) and not open_ends else "{}")
    text = "".join(pieces)
    if len(text) > 12 and " " in text:
        frame.record.texts.append((text, frame.line, frame.transaction))
    return frame.program.constant(text)  # type: ignore[no-any-return]


def _starred(frame: Frame, code: Any) -> Values:
    return elements(frame, evaluate(frame, code[1]))


def _slice_alone(frame: Frame, code: Any) -> Values:
    for item in code[1:]:
        evaluate(frame, item)
    return EMPTY


_BY_TAG: dict[str, Callable[[Frame, Any], Values]] = {
    "n": _name,
    ".": _attribute,
    "k": _constant,
    "()": _call,
    "[]": _subscript,
    "[": _display,
    "d": _dict,
    "?": _effects,
    "b": _binary,
    "u": _unary,
    "|": _or,
    "&": _and,
    "!": _not,
    "=?": _compare,
    "?:": _conditional,
    "f": _lambda,
    "comp": _comprehension,
    "aw": _await,
    "y": _yield,
    "yf": _yield_from,
    ":=": _walrus,
    "j": _joined,
    "*": _starred,
    "sl": _slice_alone,
}
