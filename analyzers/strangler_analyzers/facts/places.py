"""Whether two versions of a file say the same but for the lines they say it on, and where each line went."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from strangler_analyzers.facts.records import Facts, Scope

# Tag of code → its length, and where in it the line is (docs/decisions/0010).
_LINE_AT = {
    "=": (4, 1),
    ":": (5, 1),
    "+=": (5, 1),
    "e": (3, 1),
    "r": (3, 1),
    "raise": (4, 1),
    "del": (3, 1),
    "if": (5, 1),
    "for": (6, 1),
    "while": (5, 1),
    "with": (4, 1),
    "try": (6, 1),
    "def": (3, 1),
    "class": (3, 1),
    "im": (4, 1),
    "g": (3, 1),
    "nl": (3, 1),
    "match": (4, 1),
    "()": (5, 4),
    "[": (3, 2),
    "d": (3, 2),
    "comp": (6, 5),
}
# An except clause: (class, name, body, line).
_HANDLER = 4


@dataclass(frozen=True, slots=True)
class Moves:
    """Old line → new line, in the same order; (line, last line) of a definition → its new last line."""

    lines: dict[int, int]
    ends: dict[tuple[int, int], int]


class _Differ(Exception):
    """The two say different things."""


def moves(old: Facts, new: Facts) -> Moves | None:
    """Where the lines of ``old`` are in ``new``; None if these differ in more than that, or lines were joined or split.

    How long the file is and which words it is written in may differ: no other module asks for these.
    """
    try:
        pairs = list(_pairs(old, new))
        ends = _mapping(
            ((one.line, one.end_line), other.end_line)
            for one, other in zip(old.scopes[1:], new.scopes[1:], strict=True)
        )
        lines = _mapping(pairs)
    except (_Differ, ValueError):
        return None
    ordered = [lines[line] for line in sorted(lines)]
    return Moves(lines, ends) if all(a < b for a, b in itertools.pairwise(ordered)) else None


def _mapping(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for old, new in pairs:
        if found.setdefault(old, new) != new:
            raise _Differ
    return found


def _pairs(old: Facts, new: Facts) -> Iterator[tuple[int, int]]:
    """Each line of ``old`` with that of ``new`` in its place."""
    _same((old.grade, old.exports), (new.grade, new.exports))
    for one, other in zip(old.imports, new.imports, strict=True):
        _same(one[1:], other[1:])
        yield one.line, other.line
    for texts, others in ((old.strings, new.strings), (old.patches, new.patches), (old.problems, new.problems)):
        for text, second in zip(texts, others, strict=True):
            _same(text[:-1], second[:-1])
            yield int(text[-1]), int(second[-1])
    for place, (scope, after) in enumerate(zip(old.scopes, new.scopes, strict=True)):
        # A module begins where it begins: what it says of itself is said on the lines of its statements.
        if place:
            yield scope.line, after.line
        yield from _of_scope(scope, after)


def _of_scope(old: Scope, new: Scope) -> Iterator[tuple[int, int]]:
    _same((old[:4], old.flags, old.complexity), (new[:4], new.flags, new.complexity))
    for (code, text, line), (other, words, now) in zip(old.decorators, new.decorators, strict=True):
        _same(text, words)
        yield line, now
        yield from _of_code(code, other)
    yield from _of_code(_head(old), _head(new))
    yield from _of_code(old.code(), new.code())


def _of_code(old: Any, new: Any) -> Iterator[tuple[int, int]]:
    """The lines in two pieces of code that are the same in everything else."""
    if type(old) is not tuple or type(new) is not tuple:
        _same((type(old), old), (type(new), new))
        return
    place = _line_in(old)
    if place is not None and len(old) == len(new) and type(new[place]) is int:
        yield old[place], new[place]
        old, new = (*old[:place], *old[place + 1 :]), (*new[:place], *new[place + 1 :])
    for one, other in zip(old, new, strict=True):
        yield from _of_code(one, other)


def _line_in(code: tuple[Any, ...]) -> int | None:
    """Where a piece of code has its line; names and texts that look like a tag are followed by no number there."""
    if not code:
        return None
    if type(code[0]) is str:
        length, place = _LINE_AT.get(code[0], (0, 0))
    else:
        length, place = _HANDLER, 3
    return place if len(code) == length and type(code[place]) is int else None


def _head(scope: Scope) -> tuple[Any, ...]:
    return (scope.params, scope.returns, scope.bases, scope.keywords)


def _same(old: object, new: object) -> None:
    if old != new:
        raise _Differ
