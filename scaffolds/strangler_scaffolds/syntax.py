"""What several readers of the monolith's source ask of its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
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


def bound_in(tree: ast.Module) -> frozenset[str]:
    """The names that a module has at its top level."""
    return frozenset(name for statement in statements_in(tree.body) for name in bound_by(statement))


def statements_in(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block, and those of the conditions and guards in it."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try):
            blocks = [statement.body, statement.orelse]
            blocks += [handler.body for handler in statement.handlers] if isinstance(statement, ast.Try) else []
            for block in blocks:
                yield from statements_in(block)


def bound_by(statement: ast.stmt) -> list[str]:
    """The names that one statement binds; of ``import a.b`` that is ``a``, of a star import ``*``."""
    if isinstance(statement, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [alias.asname or alias.name for alias in statement.names]
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [node.id for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name)]
