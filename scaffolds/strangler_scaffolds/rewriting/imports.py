"""Points import statements at other modules, in place: none is moved, hoisted, merged or removed.

Positions come from ``ast``, and only the module's name inside a statement is replaced, so comments, guards
(``try``/``except ImportError``), function-level imports and every other byte stay as they are. Imports under
``if TYPE_CHECKING`` are for annotations and stay with the original.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from strangler_scaffolds.rewriting.splice import Edit, Spans, apply, parse
from strangler_scaffolds.sources import Text

_FROM = re.compile(r"from\b((?:\s|\\\r?\n)*)([.\w\s\\]+?)((?:\s|\\\r?\n)*)\bimport\b")


@dataclass(frozen=True)
class Move:
    """What is imported from where after the change.

    ``targets`` maps modules to the ones that take their place (the last name of both is the same); ``modules`` are all
    modules of the code base, to tell ``from package import module`` from ``from module import name``.
    """

    targets: Mapping[str, str]
    modules: frozenset[str]

    def touches(self, data: bytes) -> bool:
        """Whether a file with these bytes can contain such an import at all: the filter before any parsing."""
        return b"import" in data and any(target.rpartition(".")[2].encode() in data for target in self.targets)


def rewrite_imports(text: Text, move: Move, *, module: str, is_package: bool = False, path: str = "") -> Text:
    """Make the imports of ``module`` follow ``move``.

    Raises:
        StranglerError: the file cannot be parsed.
    """
    tree = parse(text, path)
    rewriter = _Rewriter(text, move, module.split(".") if is_package else module.split(".")[:-1])
    edits = [edit for statement in _runtime_imports(tree) for edit in rewriter.edits(statement)]
    if rewriter.renamed:
        edits += rewriter.uses(tree)
    return apply(text, edits)


def _runtime_imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    waiting: list[ast.stmt] = list(reversed(tree.body))
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield statement
        elif isinstance(statement, ast.If) and _is_type_checking(statement.test):
            waiting.extend(reversed(statement.orelse))
        else:
            waiting.extend(reversed(list(_inner(statement))))


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING")


def _inner(statement: ast.stmt) -> Iterator[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(statement, name, ())
    for holder in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield from holder.body


class _Rewriter:
    def __init__(self, text: Text, move: Move, package: list[str]) -> None:
        self._text = text.content
        self._spans = Spans(text)
        self._move = move
        self._package = package
        self.renamed: dict[str, str] = {}

    def edits(self, statement: ast.Import | ast.ImportFrom) -> Iterator[Edit]:
        if isinstance(statement, ast.Import):
            yield from self._plain(statement)
        else:
            yield from self._from(statement)

    def _plain(self, statement: ast.Import) -> Iterator[Edit]:
        for alias in statement.names:
            new = self._move.targets.get(alias.name)
            if new is None:
                continue
            if alias.asname is None:
                self.renamed[alias.name] = new
            start, _ = self._spans.of(alias)
            yield Edit(start, start + len(alias.name), new)

    def _from(self, statement: ast.ImportFrom) -> Iterator[Edit]:
        base = self._base(statement)
        homes = [self._home(base, alias.name) for alias in statement.names]
        if not any(homes):
            return
        start, end = self._spans.of(statement)
        if len(set(homes)) == 1 and homes[0] is not None:
            match = _FROM.match(self._text, start, end)
            assert match is not None, self._text[start:end]
            yield Edit(match.start(2), match.end(2), homes[0])
            return
        yield Edit(start, end, self._split(statement, homes))

    def _base(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        around = self._package[: len(self._package) - (statement.level - 1)]
        return ".".join([*around, *([statement.module] if statement.module else [])])

    def _home(self, base: str, name: str) -> str | None:
        """The module that ``name`` is to be imported from, or None to leave it."""
        whole = f"{base}.{name}"
        if whole in self._move.targets:
            return self._move.targets[whole].rpartition(".")[0]
        if whole in self._move.modules or name == "*":
            return None
        return self._move.targets.get(base)

    def _split(self, statement: ast.ImportFrom, homes: list[str | None]) -> str:
        """Several statements for one whose names go different ways, in the order of the names."""
        kept = "." * statement.level + (statement.module or "")
        pairs = [(home or kept, ast.unparse(alias)) for home, alias in zip(homes, statement.names, strict=True)]
        groups = [(home, [name for _, name in group]) for home, group in groupby(pairs, key=lambda pair: pair[0])]
        lines = [f"from {home} import {', '.join(names)}" for home, names in groups]
        return self._separator(statement).join(lines)

    def _separator(self, statement: ast.ImportFrom) -> str:
        start, _ = self._spans.of(statement)
        indent = self._text[start - statement.col_offset : start]
        if indent.strip():
            return "; "
        newline = "\r\n" if "\r\n" in self._text else "\n"
        return newline + indent

    def uses(self, tree: ast.Module) -> Iterator[Edit]:
        """Follow ``import a.b.c`` without a name of its own to each ``a.b.c`` in the file."""
        waiting: list[ast.AST] = [tree]
        while waiting:
            node = waiting.pop()
            new = self._renamed_chain(node)
            if new is not None and isinstance(node, ast.Attribute):
                yield Edit(*self._spans.of(node), new)
            else:
                waiting.extend(ast.iter_child_nodes(node))

    def _renamed_chain(self, node: ast.AST) -> str | None:
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if not names or not isinstance(node, ast.Name):
            return None
        return self.renamed.get(".".join([node.id, *reversed(names)]))
