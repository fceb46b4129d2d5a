"""Runs expressions: code → values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.mutations import MUTATORS, note_mutation
from strangler_analyzers.resolve.pending import Generator
from strangler_analyzers.resolve.values import EMPTY, Const, Func, Instance, Items, Value, Values, union


def evaluate(frame: Frame, code: Any) -> Values:
    """What ``code`` can be, its effects recorded in ``frame``."""
    return EMPTY if code is None else _BY_TAG[code[0]](frame, code)


def _name(frame: Frame, code: Any) -> Values:
    found = frame.env.get(code[1])
    return frame.lookup(code[1]) if found is None else found


def _attribute(frame: Frame, code: Any) -> Values:
    base = code[1]
    values = EMPTY if base is None else _BY_TAG[base[0]](frame, base)
    return frame.program.attribute(frame, values, code[2]) if values else EMPTY


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
    args, starred = [], False
    for item in arg_codes:
        if item is not None and item[0] == "*":
            starred = True
            spread = evaluate(frame, item[1])
            args.extend(_spread(spread))
        else:
            args.append(EMPTY if item is None else _BY_TAG[item[0]](frame, item))
    kwargs = {}
    for name, item in kwarg_codes:
        values = evaluate(frame, item)
        if name is not None:
            kwargs[name] = values
        else:
            kwargs.update(_keywords(values))
    frame.line = line
    frame.sites += 1
    call = CallOf(callees, args, kwargs, line, frame.sites, starred)
    if not callees:
        return _unknown_call(frame, func, call)
    return frame.program.apply(frame, call)  # type: ignore[no-any-return]


def _spread(values: Values) -> list[Values]:
    """The arguments that ``*values`` stands for, as far as they are known."""
    for value in values:
        if isinstance(value, Items):
            known = [value.keyed[key] for key in sorted(k for k in value.keyed if isinstance(k, int))]
            return known or [value.rest]
    return []


def _keywords(values: Values) -> dict[str, Values]:
    for value in values:
        if isinstance(value, Items):
            return {key: held for key, held in value.keyed.items() if isinstance(key, str)}
    return {}


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
        return _sliced(frame, base, [evaluate(frame, end) for end in index[1:]])
    keys = evaluate(frame, index)
    found = EMPTY
    for value in base:
        found = union(found, item_of(frame, value, keys))
    return found


def item_of(frame: Frame, value: Value, keys: Values) -> Values:
    """What ``value[keys]`` can be."""
    if isinstance(value, Items):
        known = [key.value for key in keys if isinstance(key, Const)]
        found = _read(frame, value)
        if known and len(known) == len(keys):
            for key in known:
                found = union(found, value.keyed.get(_index(value, key), EMPTY))
            return found
        return union(found, value.all())
    if isinstance(value, Instance):
        return call_method(frame, value, "__getitem__", [keys])
    return frame.program.library_item(frame, value, keys)  # type: ignore[no-any-return]


def _index(items: Items, key: Any) -> Any:
    if isinstance(key, int) and key < 0 and items.kind == "[":
        return key + sum(1 for known in items.keyed if isinstance(known, int))
    # 1 and True, 0 and False are one key to Python's dictionaries and to ours.
    return key


def _read(frame: Frame, items: Items) -> Values:
    if items.maker is not frame.func:
        items.ever.readers[frame.func] = None
    return items.rest


def _sliced(frame: Frame, base: Values, ends: list[Values]) -> Values:
    for value in base:
        if isinstance(value, Items) and value.kind == "[":
            known = [value.keyed[key] for key in sorted(k for k in value.keyed if isinstance(k, int))]
            bounds = [next((one.value for one in end if isinstance(one, Const)), None) for end in ends]
            if all(bound is None or type(bound) is int for bound in bounds):
                known = known[slice(*bounds)]
            return (frame.program.container(frame, "[", known, value.rest),)
    return tuple(value for value in base if not isinstance(value, Const))


def _display(frame: Frame, code: Any) -> Values:
    known: list[Values] = []
    rest = EMPTY
    for item in code[1]:
        if item is not None and item[0] == "*":
            spread = evaluate(frame, item[1])
            known.extend(_spread(spread))
            rest = union(rest, elements(frame, spread)) if not _spread(spread) else rest
        else:
            known.append(EMPTY if item is None else _BY_TAG[item[0]](frame, item))
    return (frame.program.container(frame, "[", known, rest, code[2]),)


def _dict(frame: Frame, code: Any) -> Values:
    items = frame.program.container(frame, "d", [], EMPTY, code[2])
    for key, item in code[1]:
        values = evaluate(frame, item)
        if key is None:
            merge_items(frame, items, values)
            continue
        names = evaluate(frame, key)
        known = [name.value for name in names if isinstance(name, Const)]
        for name in known:
            items.keyed[name] = values
        if not known:
            frame.program.put(items, values)
    return (items,)


def merge_items(frame: Frame, items: Items, values: Values) -> None:
    """What ``items.update(values)`` does."""
    for value in values:
        if isinstance(value, Items) and value is not items:
            items.keyed.update(value.keyed)
            frame.program.put(items, value.rest)


def elements(frame: Frame, values: Values) -> Values:
    """What iterating over ``values`` gives."""
    found = EMPTY
    for value in values:
        if isinstance(value, Items):
            _read(frame, value)
            if value.kind == "d":
                found = union(found, tuple(one for key in value.keyed for one in frame.program.constant(key)))
            else:
                found = union(found, value.all())
        elif isinstance(value, Generator):
            found = union(found, frame.program.read(frame, value.func.yields))
        elif isinstance(value, Instance):
            iterators = call_method(frame, value, "__iter__", [])
            for iterator in iterators:
                step = call_method(frame, iterator, "__next__", [])
                found = union(found, step or (elements(frame, (iterator,)) if iterator is not value else EMPTY))
        else:
            found = union(found, frame.program.library_element(frame, value))
    return found


def call_method(frame: Frame, value: Value, name: str, args: list[Values]) -> Values:
    """What calling the special method ``name`` of ``value`` gives, if the program defines it."""
    if not isinstance(value, Instance):
        return EMPTY
    callees = frame.program.special(value, name)
    if not callees:
        return EMPTY
    return frame.program.apply(frame, CallOf(callees, args, {}, frame.line, frame.next_site()))  # type: ignore[no-any-return]


def _effects(frame: Frame, code: Any) -> Values:
    for item in code[1]:
        if item is not None:
            _BY_TAG[item[0]](frame, item)
    return EMPTY


def _binary(frame: Frame, code: Any) -> Values:
    parts = [evaluate(frame, item) for item in code[2]]
    if code[1] != "+":
        return tuple(value for value in parts[0] if isinstance(value, Const) and isinstance(value.value, str))[:1]
    return added(frame, parts)


def added(frame: Frame, parts: list[Values]) -> Values:
    """The sum of containers or texts."""
    texts = [[v.value for v in part if isinstance(v, Const) and isinstance(v.value, str)] for part in parts]
    if all(texts):
        return frame.program.constant("".join(text[0] for text in texts))  # type: ignore[no-any-return]
    known: list[Values] = []
    rest = EMPTY
    held = [[value for value in part if isinstance(value, Items)] for part in parts]
    for part in parts:
        for value in part:
            if isinstance(value, Items):
                _read(frame, value)
                known.extend(value.keyed[key] for key in sorted(k for k in value.keyed if isinstance(k, int)))
                rest = union(rest, value.rest)
            elif not isinstance(value, Const):
                rest = union(rest, (value,))
    if not any(held):
        return rest
    # Sums that feed each other (``self.x += a``, ``self.x += b``) would double with each run.
    if any(len(one) > 1 for one in held) or frame.program.is_next(frame, "[", held):
        known = list(dict.fromkeys(known))
    return (frame.program.container(frame, "[", known, rest),)


def _either(frame: Frame, code: Any) -> Values:
    found = EMPTY
    for item in code[1]:
        found = union(found, evaluate(frame, item))
    return found


def _conditional(frame: Frame, code: Any) -> Values:
    evaluate(frame, code[1])
    return union(evaluate(frame, code[2]), evaluate(frame, code[3]))


def _lambda(frame: Frame, code: Any) -> Values:
    func: Func = frame.program.function(frame, code[1])
    frame.program.bind_defaults(frame, func)
    return (func,)


def _comprehension(frame: Frame, code: Any) -> Values:
    _, kind, key, element, generators, line = code
    outer = dict(frame.env)
    frame.loops += 1
    for target, iterated, conditions in generators:
        frame.program.assign(frame, target, elements(frame, evaluate(frame, iterated)))
        for condition in conditions:
            evaluate(frame, condition)
    if key is not None:
        evaluate(frame, key)
    values = evaluate(frame, element)
    frame.loops -= 1
    frame.env.clear()
    frame.env.update(outer)
    return (frame.program.container(frame, "v" if kind == "d" else "[", [], values, line),)


def _await(frame: Frame, code: Any) -> Values:
    return evaluate(frame, code[1])


def _yield(frame: Frame, code: Any) -> Values:
    frame.program.flow(frame.func.yields, evaluate(frame, code[1]))
    return EMPTY


def _yield_from(frame: Frame, code: Any) -> Values:
    frame.program.flow(frame.func.yields, elements(frame, evaluate(frame, code[1])))
    return EMPTY


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
            texts = [value.value for value in values if isinstance(value, Const) and isinstance(value.value, str)]
            pieces.append(texts[0] if len(texts) == 1 and len(values) == 1 else "{}")
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
    "|": _either,
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
