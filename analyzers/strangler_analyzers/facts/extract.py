"""Bytes of a file → its facts."""

from __future__ import annotations

import ast
import codecs
import gc
import io
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from strangler_analyzers.facts.light import lighten, patched
from strangler_analyzers.facts.lowering import Lowering
from strangler_analyzers.facts.records import Facts, Scope
from strangler_analyzers.facts.skim import skim
from strangler_analyzers.facts.tolerant import repair

# Goes into the key of the cache: facts of another extractor or grammar are not ours.
EXTRACTOR = f"5:{sys.version_info[0]}.{sys.version_info[1]}"
# Trees of generated code are deep; frames of pure Python cost no C stack.
_RECURSION = 60_000


def extract(data: bytes, *, light: bool = False) -> Facts:
    """The facts of a file with the content ``data``; never raises.

    ``light`` leaves function bodies out (tests, migrations): imports, definitions and patches remain.
    """
    problems: list[tuple[str, str, int]] = []
    text = _decode(data, problems)
    with _quiet():
        tree = _parse(skim(text)) if light else None
        tree = tree or _parse(text)
        grade = "light" if light else "full"
        if tree is None:
            grade = "tolerant"
            text, tree, found = repair(text)
            problems.extend(found)
        return _facts(text, tree, grade, problems, light=light)


def _facts(text: str, tree: ast.Module, grade: str, problems: list[tuple[str, str, int]], *, light: bool) -> Facts:
    lines = _split(text)
    to = Lowering(lines)
    try:
        if light:
            lighten(tree, text)
        to.module_scope(tree)
    except RecursionError:
        to = Lowering(lines)
        to.module_scope(ast.Module(body=[], type_ignores=[]))
        problems.append(("too-deep", "nested too deeply to follow; nothing of it is known", 1))
    scopes: tuple[Scope, ...] = tuple([scope for scope in to.scopes if scope is not None])
    exports = None if to.exports is None else tuple(to.exports)
    found = (tuple(to.imports), scopes, tuple(to.strings), exports, patched(text))
    words = ({}, {}) if light else (to.names, to.tokens)
    return Facts(grade, len(lines), *found, tuple([*problems, *to.problems]), *words)


@contextmanager
def _quiet() -> Iterator[None]:
    """No garbage collection (a tree is one burst of live objects), deep recursion, no warnings about the source."""
    was_on, limit = gc.isenabled(), sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.setrecursionlimit(limit)
        if was_on:
            gc.enable()


def _parse(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


# Two lines as long as any that declare an encoding.
_HEAD = 400
_NEWLINE = re.compile(r"\r\n|\r")


def _decode(data: bytes, problems: list[tuple[str, str, int]]) -> str:
    r"""The text of a source file, line ends made ``\\n``; what its encoding cannot read is replaced and noted."""
    try:
        encoding = "utf-8"
        if data.startswith(codecs.BOM_UTF8) or b"coding" in data[:_HEAD]:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, LookupError, UnicodeDecodeError):
        problems.append(("encoding", "not in the encoding it declares (UTF-8 unless it says so); read as Latin-1", 1))
        text = data.decode("latin-1")
    if "\0" in text:
        problems.append(("binary", "contains NUL bytes; they were left out", 1))
        text = text.replace("\0", "")
    return _NEWLINE.sub("\n", text) if "\r" in text else text


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []
