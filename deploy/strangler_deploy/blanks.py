"""Text with blanks: what differs from tenant to tenant, left open, and filled in later.

A blank is a lone surrogate, which no text that was read holds and no file takes: one that is forgotten is an error.
A function that looks *into* its text (shortens it, hashes it, decides about quotes) cannot work on a blank. It writes
its own call down instead, as part of the text; the call is made when the blank has a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from operator import itemgetter

TENANT_ID, TENANT_NAME = "\ud803", "\ud804"
_OPEN, _NEXT, _CLOSE = "\ud800", "\ud801", "\ud802"
_ANY = re.compile("[\ud800-\ud804]")
_TOKEN = re.compile("([\ud800-\ud804])")

Function = Callable[..., str]


def has_blank(text: str) -> bool:
    """Whether something in the text is still open."""
    return not text.isascii() and _ANY.search(text) is not None


def later(function: str, *arguments: str) -> str:
    """The call of a function, as text: to be made by a form that knows the function by this name."""
    return f"{_OPEN}{function}{_NEXT}{_NEXT.join(arguments)}{_CLOSE}"


class Form:
    """Text with blanks, read once and filled in for many tenants.

    It is kept as pieces by number: fixed text, blanks, and calls with the numbers that their arguments are made of.
    """

    def __init__(self, text: str, blanks: Sequence[str], functions: Mapping[str, Function]) -> None:
        """Blanks are given their values in this order; ``functions`` are those that may stand in the text."""
        self._functions = functions
        self._pieces = list(blanks)
        self._numbers = {blank: number for number, blank in enumerate(blanks)}
        self._calls: dict[tuple[str, tuple[tuple[int, ...], ...]], int] = {}
        tokens = [token for token in _TOKEN.split(text) if token]
        tokens.reverse()  # the next one is popped from the end
        self._whole = _joiner(self._read(tokens))
        if tokens:
            raise AssertionError("a call in a form is closed twice")
        self._steps = [
            (number, functions[name], [_joiner(argument) for argument in arguments])
            for (name, arguments), number in self._calls.items()
        ]

    def fill(self, *values: str) -> str:
        """The text with these values in the place of its blanks, and every call in it made."""
        return self._whole(self._made(values))

    def results(self, functions: Container[str], *values: str) -> set[str]:
        """What the calls of some functions come to for these values."""
        pieces = self._made(values)
        return {pieces[number] for (name, _), number in self._calls.items() if name in functions}

    def _made(self, values: Sequence[str]) -> list[str]:
        pieces = self._pieces.copy()
        pieces[: len(values)] = values
        for number, function, arguments in self._steps:
            pieces[number] = function(*[argument(pieces) for argument in arguments])
        return pieces

    def _read(self, tokens: list[str]) -> tuple[int, ...]:
        """The numbers of the pieces up to the end of this argument."""
        numbers: list[int] = []
        while tokens and tokens[-1] not in (_NEXT, _CLOSE):
            token = tokens.pop()
            numbers.append(self._call(tokens) if token == _OPEN else self._number(token))
        return tuple(numbers)

    def _number(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = self._new(text)
        return self._numbers[text]

    def _new(self, text: str) -> int:
        self._pieces.append(text)
        return len(self._pieces) - 1

    def _call(self, tokens: list[str]) -> int:
        """The number of the result of the call that begins here; the same call is made once."""
        name = tokens.pop()
        arguments: list[tuple[int, ...]] = []
        while tokens.pop() == _NEXT:
            arguments.append(self._read(tokens))
        call = (name, tuple(arguments))
        if call not in self._calls:
            self._calls[call] = self._new("")
        return self._calls[call]


def _joiner(numbers: tuple[int, ...]) -> Callable[[list[str]], str]:
    """What joins the pieces of these numbers."""
    if not numbers:
        return lambda pieces: ""
    chosen = itemgetter(*numbers)
    return chosen if len(numbers) == 1 else lambda pieces: "".join(chosen(pieces))
