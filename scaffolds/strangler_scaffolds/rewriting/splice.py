"""Replaces ranges of a source text, found by the syntax tree, and nothing around them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from strangler.errors import StranglerError
from strangler.model import Location
from strangler_scaffolds.sources import Text


@dataclass(frozen=True, order=True)
class Edit:
    """New text for the characters from ``start`` to ``end``."""

    start: int
    end: int
    text: str


class Spans:
    """Turns positions of the syntax tree (lines, UTF-8 columns) into offsets of a text."""

    def __init__(self, text: Text) -> None:
        self._text = text.content
        self._starts = text.line_starts()

    def of(self, node: ast.stmt | ast.expr | ast.alias) -> tuple[int, int]:
        """Where ``node`` begins and ends."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _offset(self, line: int, column: int) -> int:
        start = self._starts[line - 1]
        characters = self._text[start : start + column]
        if characters.isascii():
            return start + column
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        return start + len(self._text[start:end].encode("utf-8", "surrogatepass")[:column].decode("utf-8"))


def parse(text: Text, path: str) -> ast.Module:
    """The syntax tree of a source file.

    Raises:
        StranglerError: this Python cannot read it.
    """
    # A byte order mark is part of the bytes, never of the program.
    content = text.content.removeprefix("\ufeff")
    try:
        return ast.parse(content, path, type_comments=False)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 0
        raise StranglerError(f"cannot parse: {error}", location=Location(path, line)) from error


def apply(text: Text, edits: Sequence[Edit]) -> Text:
    """Make all ``edits``, which must not overlap."""
    if not edits:
        return text
    parts, position = [], 0
    for edit in sorted(edits):
        parts += [text.content[position : edit.start], edit.text]
        position = edit.end
    parts.append(text.content[position:])
    return Text("".join(parts), text.encoding)
