"""Makes a tree light: bodies of functions go, but for their imports; what they patch is read from the text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

_IMPORT = re.compile(r"^[ \t]+(?:import|from)\s", re.MULTILINE)
_PATCH = re.compile(r"""(?:patch(?:\.multiple|\.dict)?|setattr)\(\s*["']([A-Za-z_]\w*(?:\.\w+)+)["']""")


def lighten(tree: ast.Module, text: str) -> None:
    """Empty the functions of ``tree`` in place."""
    _lighten(tree.body, {line for line, _ in _with_lines(_IMPORT, 0, text)})


def patched(text: str) -> tuple[tuple[str, int], ...]:
    """The dotted targets of ``patch("…")`` and ``setattr("…")``, with their lines."""
    if "patch" not in text and "setattr" not in text:
        return ()
    return tuple((match[1], line) for line, match in _with_lines(_PATCH, 1, text))


def _with_lines(pattern: re.Pattern[str], group: int, text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Each match with the line its ``group`` begins on."""
    line, done = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", done, match.start(group))
        done = match.start(group)
        yield line, match


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
