from __future__ import annotations

import ast

import pytest

from strangler.errors import StranglerError
from strangler_scaffolds.rewriting.splice import Edit, Spans, apply, parse
from strangler_scaffolds.sources import Text


@pytest.mark.parametrize("source", ["a = 1; é = f(x)\n", "# é\r\nif a:\r\n    b = f(x)\r\n", "\ta\rb = f(x)".lstrip()])
def test_positions_are_those_of_the_text(source: str) -> None:
    text = Text(source, "utf-8")
    (call,) = [node for node in ast.walk(parse(text, "m.py")) if isinstance(node, ast.Call)]
    start, end = Spans(text).of(call)
    assert source[start:end] == "f(x)"


def test_edits_leave_everything_around_them() -> None:
    text = Text("abcdef", "utf-8")
    assert apply(text, [Edit(4, 5, "X"), Edit(1, 3, "")]).content == "adXf"
    assert apply(text, []) is text


def test_a_file_that_cannot_be_parsed_is_named_with_its_line() -> None:
    with pytest.raises(StranglerError) as caught:
        parse(Text("a = 1\nb = (\n", "utf-8"), "bad.py")
    assert str(caught.value.location) == "bad.py:2"
