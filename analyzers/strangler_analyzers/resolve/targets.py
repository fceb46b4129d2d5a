"""What assignment targets do with the values they are given."""

from __future__ import annotations

from typing import Any

from strangler_analyzers.resolve.attributes import delete_attribute, set_attribute
from strangler_analyzers.resolve.containers import call_method, elements
from strangler_analyzers.resolve.evaluate import evaluate
from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.holders import held_by
from strangler_analyzers.resolve.mutations import note_mutation
from strangler_analyzers.resolve.values import EMPTY, Const, Items, Values, union


def assign(frame: Frame, target: Any, values: Values) -> None:
    """Let the target expression stand for ``values``."""
    if target is None:
        return
    tag = target[0]
    if tag == "n":
        frame.bind(target[1], values)
    elif tag == ".":
        _assign_attribute(frame, target, values)
    elif tag == "[]":
        _assign_item(frame, target, values)
    elif tag == "[":
        _unpack(frame, target[1], values)
    elif tag == "*":
        assign(frame, target[1], values)


def _assign_attribute(frame: Frame, target: Any, values: Values) -> None:
    owners = evaluate(frame, target[1])
    note_mutation(frame, target[1])
    for owner in owners:
        frame.record.writes.append((owner, target[2], values, frame.line, frame.transaction))
        set_attribute(frame, owner, target[2], values)


def _assign_item(frame: Frame, target: Any, values: Values) -> None:
    owners = evaluate(frame, target[1])
    keys = evaluate(frame, target[2])
    note_mutation(frame, target[1])
    known = [key.value for key in keys if isinstance(key, Const)]
    for owner in owners:
        if isinstance(owner, Items):
            _put(frame, owner, known, values)
        elif frame.program.special(owner, "__setitem__"):
            call_method(frame, owner, "__setitem__", [keys, values])
        elif (held := held_by(frame, owner)) is not None:
            _put(frame, held, known, values)


def _put(frame: Frame, items: Items, keys: list[Any], values: Values) -> None:
    # Inside the body that made it, and on every path, the new item replaces the old one.
    replaces = items.maker is frame.func and not frame.branch and len(keys) == 1
    for key in keys if items.maker is not None else ():
        old = EMPTY if replaces else items.keyed.get(key, EMPTY)
        merged = union(old, values)
        items.keyed[key] = merged
        frame.program.flow(items.ever, values)
    if not keys:
        frame.program.put(items, values)


def _unpack(frame: Frame, targets: tuple[Any, ...], values: Values) -> None:
    items = [value for value in values if isinstance(value, Items) and value.kind == "["]
    stars = [place for place, target in enumerate(targets) if target is not None and target[0] == "*"]
    if len(items) != 1 or not items[0].keyed:
        spread = elements(frame, values)
        for target in targets:
            assign(frame, target, spread)
        return
    known = items[0].in_order()
    if stars:
        _unpack_starred(frame, targets, stars[0], known)
        return
    for place, target in enumerate(targets):
        assign(frame, target, known[place] if place < len(known) else items[0].rest)


def _unpack_starred(frame: Frame, targets: tuple[Any, ...], star: int, known: list[Values]) -> None:
    after = len(targets) - star - 1
    middle = known[star : len(known) - after] if after else known[star:]
    for place in range(star):
        assign(frame, targets[place], known[place] if place < len(known) else EMPTY)
    assign(frame, targets[star], (frame.program.container(frame, "[", middle, EMPTY),))
    for place in range(after):
        index = len(known) - after + place
        assign(frame, targets[star + 1 + place], known[index] if 0 <= index < len(known) else EMPTY)


def delete(frame: Frame, target: Any) -> None:
    """What ``del target`` does."""
    if target is None or target[0] not in (".", "[]"):
        return
    note_mutation(frame, target)
    for owner in evaluate(frame, target[1]):
        if target[0] == ".":
            delete_attribute(frame, owner, target[2])
        else:
            call_method(frame, owner, "__delitem__", [evaluate(frame, target[2])])
