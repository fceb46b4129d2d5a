"""What containers hold: items, elements, sums, and what is spread out of them."""

from __future__ import annotations

import itertools
import math
from typing import Any

from strangler_analyzers.resolve.decide import puts_together
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import is_enum
from strangler_analyzers.resolve.holders import default_anywhere, default_of, held_by
from strangler_analyzers.resolve.objects import instance_of
from strangler_analyzers.resolve.pending import Generator
from strangler_analyzers.resolve.values import (
    EMPTY,
    MOST_VALUES,
    Class,
    Const,
    Instance,
    Items,
    Made,
    Member,
    Value,
    Values,
    union,
)


def spread_of(frame: Frame, values: Values) -> tuple[list[Values], Values]:
    """What ``*values`` stands for: what is known by its place, and what may stand at any place."""
    if len(values) == 1 and isinstance(values[0], Items) and values[0].kind == "[":
        return values[0].in_order(), _read(frame, values[0])
    return [], elements(frame, values)


def keywords_of(values: Values) -> dict[str, Values]:
    """The arguments that ``**values`` stands for, as far as they are known."""
    for value in values:
        if isinstance(value, Items):
            return {key: held for key, held in value.keyed.items() if isinstance(key, str)}
    return {}


def item_of(frame: Frame, value: Value, keys: Values) -> Values:
    """What ``value[keys]`` can be."""
    if isinstance(value, Items):
        return _held_at(frame, value, keys)
    if instance_of(value) is not None:
        found = call_method(frame, value, "__getitem__", [keys])
        held = held_by(frame, value)
        # The method says what it ever gave, the container what is at this key.
        found = (_held_at(frame, held, keys) if held is not None else EMPTY) or found
        if found or held is not None:
            return found
    if isinstance(value, Class) and is_enum(value):
        return (value.instance,)
    return frame.program.library_item(frame, value, keys)  # type: ignore[no-any-return]


def _held_at(frame: Frame, items: Items, keys: Values) -> Values:
    known = [key.value for key in keys if isinstance(key, Const)]
    found = _read(frame, items)
    if known and len(known) == len(keys):
        for key in known:
            place = _index(items, key)
            here = default_of(frame, items, place) if items.factory else items.keyed.get(place, EMPTY)
            # What registers at a key that nobody knows is not what is asked for, while that is there.
            found = here if here and len(known) == 1 and puts_together(frame.func) else union(found, here)
        return found
    if items.factory:
        default_anywhere(frame, items)
    return union(found, items.all())


def _index(items: Items, key: Any) -> Any:
    if isinstance(key, int) and key < 0 and items.kind == "[":
        return key + sum(1 for known in items.keyed if isinstance(known, int))
    # 1 and True, 0 and False are one key to Python's dictionaries and to ours.
    return key


def _read(frame: Frame, items: Items) -> Values:
    if items.maker is not frame.func:
        items.ever.readers[frame.func] = None
    return items.rest


def sliced(frame: Frame, base: Values, ends: list[Values]) -> Values:
    """What ``base[start:stop:step]`` can be."""
    for value in base:
        if isinstance(value, Items) and value.kind == "[":
            known = value.in_order()
            bounds = [next((one.value for one in end if isinstance(one, Const)), None) for end in ends]
            if all(bound is None or type(bound) is int for bound in bounds):
                known = known[slice(*bounds)]
            return (frame.program.container(frame, "[", known, value.rest),)
    found = tuple(value for value in base if not isinstance(value, Const | Instance))
    for value in base:
        found = union(found, call_method(frame, value, "__getitem__", [EMPTY]))
    return found


def put_at(frame: Frame, items: Items, keys: Values, values: Values) -> None:
    """Put ``values`` into a dictionary that is being made, at each of the keys that are known."""
    known = [key.value for key in keys if isinstance(key, Const)]
    for key in known:
        items.keyed[key] = values
    if not known:
        frame.program.put(items, values)


def things_of(values: Values) -> Values:
    """What stands for the things in something outside (``*router.urls``), as nobody can look into it: itself."""
    return tuple(value for value in values if isinstance(value, Made | Member))


def merge_items(frame: Frame, items: Items, values: Values) -> None:
    """What ``items.update(values)`` does."""
    for value in values:
        held = value if isinstance(value, Items) else held_by(frame, value)
        if held is not None and held is not items:
            items.keyed.update(held.keyed)
            for one in held.keyed.values():
                frame.program.flow_into(items, one)
            frame.program.put(items, held.rest)


def joined(frame: Frame, parts: list[Values]) -> Values:
    """What ``left | right`` of containers is: one with what both hold, of a key the last."""
    held = [value for part in parts for value in part if isinstance(value, Items)]
    if not held or held[0].kind != "d":
        return added(frame, parts) if held else EMPTY
    items = frame.program.container(frame, "d", [], EMPTY)
    for value in held:
        _read(frame, value)
        merge_items(frame, items, (value,))
    return (items,)


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
        elif isinstance(value, Class) and is_enum(value):
            found = union(found, (value.instance,))
        else:
            found = union(found, _of_object(frame, value))
    return found


def _of_object(frame: Frame, value: Value) -> Values:
    """What iterating over an object gives: by its own ``__iter__``, as the container it is, as a library says."""
    iterators = call_method(frame, value, "__iter__", [])
    if not iterators:
        held = held_by(frame, value)
        return elements(frame, (held,)) if held is not None else frame.program.library_element(frame, value)
    found = EMPTY
    for iterator in iterators:
        step = call_method(frame, iterator, "__next__", [])
        is_itself = instance_of(iterator) is instance_of(value)
        found = union(found, step or (EMPTY if is_itself else elements(frame, (iterator,))))
    return found


def call_method(frame: Frame, value: Value, name: str, args: list[Values]) -> Values:
    """What calling the special method ``name`` of ``value`` gives, if the program defines it."""
    callees = frame.program.special(value, name) if instance_of(value) is not None else EMPTY
    if not callees:
        return EMPTY
    return frame.program.apply(frame, CallOf(callees, args, {}, frame.line, frame.next_site()))  # type: ignore[no-any-return]


def added(frame: Frame, parts: list[Values]) -> Values:
    """The sum of containers or texts."""
    held = [[value for value in part if isinstance(value, Items)] for part in parts]
    if not any(held):
        return _added_texts(frame, parts)
    known: list[Values] = []
    rest = EMPTY
    for part in parts:
        for value in part:
            if isinstance(value, Items):
                _read(frame, value)
                known.extend(value.in_order())
                rest = union(rest, value.rest)
            elif not isinstance(value, Const):
                rest = union(rest, (value,))
    # Sums that feed each other (``self.x += a``, ``self.x += b``) would double with each run.
    if any(len(one) > 1 for one in held) or frame.program.is_next(frame, "[", held):
        known = list(dict.fromkeys(known))
    return (frame.program.container(frame, "[", known, rest),)


def _added_texts(frame: Frame, parts: list[Values]) -> Values:
    """Texts put together; as in a formatted text, a pair of braces is where something goes that is not known."""
    texts = [[v.value for v in part if isinstance(v, Const) and isinstance(v.value, str)] or ["{}"] for part in parts]
    if all(text == ["{}"] for text in texts):
        rest = EMPTY
        for part in parts:
            rest = union(rest, tuple(value for value in part if not isinstance(value, Const)))
        return rest
    if math.prod(len(text) for text in texts) > MOST_VALUES:
        texts = [text[:1] for text in texts]
    found = EMPTY
    for each in itertools.product(*texts):
        found = union(found, frame.program.constant("".join(each)))
    return found


def summed(frame: Frame, values: Values) -> Values:
    """All that the containers in the containers among ``values`` hold, in their order."""
    parts: list[Values] = []
    for value in values:
        if isinstance(value, Items):
            _read(frame, value)
            parts.extend(value.in_order())
            parts.append(value.rest)
    return added(frame, parts) if parts else EMPTY
