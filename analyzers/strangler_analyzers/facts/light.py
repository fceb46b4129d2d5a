"""Makes a tree light: bodies of functions go, but for their imports; what they patch is read from the text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_IMPORT = re.compile(r"^[ \t]+(?:import|from)\s", re.MULTILINE)
_PATCH = re.compile(r"""(?:patch(?:\.multiple|\.dict)?|setattr)\(\s*["']([A-Za-z_]\w*(?:\.\w+)+)["']""")


def lighten(tree: ast.Module, text: str) -> None:
    """Empty the functions of ``tree`` in place."""
    lines = {text.count("\n", 0, match.start()) + 1 for match in _IMPORT.finditer(text)}
    _lighten(tree.body, lines)


def patched(text: str) -> tuple[tuple[str, int], ...]:
    """The dotted targets of ``patch("…")`` and ``setattr("…")``, with their lines."""
    return tuple((match[1], text.count("\n", 0, match.start(1)) + 1) for match in _PATCH.finditer(text))


def _lighten(body: Iterable[ast.AST], import_lines: set[int]) -> None:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = _imports_of(node, import_lines)
            node.decorator_list = []
            node.args.defaults, node.args.kw_defaults = [], [None] * len(node.args.kwonlyargs)
        elif not isinstance(node, _SIMPLE):
            for suite in ("body", "handlers", "orelse", "finalbody"):
                _lighten(getattr(node, suite, ()), import_lines)


_SIMPLE = (ast.Expr, ast.Assign, ast.Import, ast.ImportFrom, ast.AnnAssign)


def _imports_of(function: ast.FunctionDef | ast.AsyncFunctionDef, import_lines: set[int]) -> list[ast.stmt]:
    if import_lines.isdisjoint(range(function.lineno, (function.end_lineno or function.lineno) + 1)):
        return []
    found = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
    return sorted(found, key=lambda node: node.lineno)
