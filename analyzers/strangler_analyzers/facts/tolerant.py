"""Reads files the running interpreter's grammar rejects: newer syntax, Python 2, half-written code.

tree-sitter finds the constructs, small edits that keep every line in its place turn them into today's Python, and
what still does not parse is blanked statement by statement, or cut up if it is nested too deeply.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from typing import Any

from strangler_analyzers.facts.modernise import Edit, edits_of
from strangler_analyzers.facts.shallower import cuts

# Statements blanked before the rest of the file is given up.
_MOST_BLANKED = 400


def repair(text: str) -> tuple[str, ast.Module, list[tuple[str, str, int]]]:
    """``text`` made parsable, its tree, and what had to be changed as (code, message, line)."""
    data = text.encode("utf-8", "surrogatepass")
    problems = [_why(text)]
    edits = sorted({edit for node in _walk(_root(data)) for edit in edits_of(node, data)})
    data = _apply(data, edits)
    for _ in range(_MOST_BLANKED):
        try:
            return _text(data), ast.parse(data), problems
        except SyntaxError as error:
            line = error.lineno or 1
            mended, problem = _blank(data, line), ("unreadable-statement", "no Python of any version; left out", line)
        except (RecursionError, MemoryError):
            line, shorter = cuts(_root(data))
            mended = _apply(data, shorter) if shorter else _blank(data, line)
            problem = ("too-deep", "nested too deeply for this interpreter; only parts of it are known", line)
        except ValueError:
            break
        if mended == data:
            break
        problems.append(problem)
        data = mended
    problems.append(("unreadable-file", "could not be parsed, whatever was left out", 1))
    return "\n" * text.count("\n"), ast.Module(body=[], type_ignores=[]), problems


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _why(text: str) -> tuple[str, str, int]:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return ("tolerant", f"not this interpreter's syntax ({error.msg}); read tolerantly", error.lineno or 1)
    except (ValueError, RecursionError, MemoryError) as error:
        return ("tolerant", f"cannot be parsed ({type(error).__name__}); read tolerantly", 1)
    return ("tolerant", "read tolerantly", 1)


@functools.cache
def _parser() -> Callable[[bytes], Any]:
    # Imported when the first such file is met: most runs never need it.
    import tree_sitter
    import tree_sitter_python

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language())).parse


def _root(data: bytes) -> Any:
    return _parser()(data).root_node


def _walk(root: Any) -> Iterator[Any]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.children)


def _apply(data: bytes, edits: list[Edit]) -> bytes:
    pieces, done = [], 0
    for start, end, text in edits:
        if start < done:
            continue
        pieces += [data[done:start], text]
        done = end
    return b"".join([*pieces, data[done:]])


_STATEMENTS = ("_statement", "_definition")


def _blank(data: bytes, line: int) -> bytes:
    """``data`` with the smallest statement around ``line`` replaced by ``pass``, or else that line emptied."""
    found = None
    for node in _walk(_root(data)):
        covers = node.start_point[0] <= line - 1 <= node.end_point[0]
        is_statement = node.type.endswith(_STATEMENTS) or node.type == "ERROR"
        if covers and is_statement and (found is None or _size(node) < _size(found)):
            found = node
    if found is not None and data[found.start_byte : found.end_byte].strip() not in (b"pass", b""):
        start, end = found.start_byte, found.end_byte
        return data[:start] + b"pass" + b"\n" * data.count(b"\n", start, end) + data[end:]
    lines = data.split(b"\n")
    if line <= len(lines):
        text = lines[line - 1]
        indent = text[: len(text) - len(text.lstrip())]
        lines[line - 1] = indent + b"pass" if text.strip() not in (b"pass", b"") else b""
    return b"\n".join(lines)


def _size(node: Any) -> tuple[int, int]:
    return (node.end_byte - node.start_byte, node.start_byte)
