"""What several readers of the monolith's source ask of its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.sources import decode


def texts_in(data: bytes, path: str) -> Iterator[str]:
    """Every text constant of a source file.

    Raises:
        StranglerError: this Python cannot read it.
    """
    for node in ast.walk(parse(decode(data, path), path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def is_for_types(node: ast.AST) -> TypeGuard[ast.If]:
    """Whether the body of a condition is read by type checkers alone."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
