"""Points texts that name something by its dotted path at another module, in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from strangler_scaffolds.rewriting.splice import Edit, Spans, apply, parse
from strangler_scaffolds.sources import Text


def rewrite_strings(text: Text, names: Mapping[str, str], *, path: str = "") -> Text:
    """Replace each text constant that is a key of ``names``; those written in pieces or with escapes stay.

    Raises:
        StranglerError: the file cannot be parsed.
    """
    if not any(name in text.content for name in names):
        return text
    tree, spans = parse(text, path), Spans(text)
    return apply(text, list(_edits(tree, spans, text.content, names)))


def _edits(tree: ast.Module, spans: Spans, content: str, names: Mapping[str, str]) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names:
            start, end = spans.of(node)
            at = content.find(node.value, start, end)
            quotes = content[at + len(node.value) : end]  # none in a piece of an f-string, from Python 3.12 on
            if quotes and content[start:at].strip("rRuU") == quotes:
                yield Edit(at, at + len(node.value), names[node.value])
