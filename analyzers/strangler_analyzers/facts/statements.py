"""Lowers statements. The order of what happens stays; what cannot matter to a dependency goes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from strangler_analyzers.facts.expressions import OPERATORS, lower, lower_all
from strangler_analyzers.facts.records import Code, Import
from strangler_analyzers.facts.state import State


def lower_body(nodes: list[ast.stmt], to: State) -> tuple[Code, ...]:
    """The code of a suite."""
    body = [_BY_TYPE[type(node)](node, to) for node in nodes]
    return tuple([code for code in body if code is not None])


def _expression(node: ast.Expr, to: State) -> Code:
    if isinstance(node.value, ast.Constant):
        return None
    value = lower(node.value, to)
    return None if value is None else ("e", node.lineno, value)


def _assign(node: ast.Assign, to: State) -> Code:
    value = lower(node.value, to)
    targets = lower_all(node.targets, to)
    if to.depth == 0 and targets[0] == ("n", "__all__"):
        to.note_exports(node.value, extend=False)
    return ("=", node.lineno, targets, value)


def _annotated(node: ast.AnnAssign, to: State) -> Code:
    value = None if node.value is None else lower(node.value, to)
    return (":", node.lineno, lower(node.target, to), to.annotation(node.annotation), value)


def _augmented(node: ast.AugAssign, to: State) -> Code:
    target = lower(node.target, to)
    if to.depth == 0 and target == ("n", "__all__"):
        to.note_exports(node.value, extend=True)
    return ("+=", node.lineno, target, lower(node.value, to), OPERATORS[type(node.op)])


def _return(node: ast.Return, to: State) -> Code:
    return ("r", node.lineno, None if node.value is None else lower(node.value, to))


def _raise(node: ast.Raise, to: State) -> Code:
    cause = None if node.cause is None else lower(node.cause, to)
    return ("raise", node.lineno, None if node.exc is None else lower(node.exc, to), cause)


def _delete(node: ast.Delete, to: State) -> Code:
    return ("del", node.lineno, lower_all(node.targets, to))


def _if(node: ast.If, to: State) -> Code:
    to.branches += 1
    test = lower(node.test, to)
    outer = to.condition
    to.condition = "type_checking" if _is_type_checking(node.test) else outer or "conditional"
    body = lower_body(node.body, to)
    to.condition = outer or "conditional"
    orelse = lower_body(node.orelse, to)
    to.condition = outer
    return ("if", node.lineno, test, body, orelse)


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"


def _for(node: ast.For | ast.AsyncFor, to: State) -> Code:
    to.branches += 1
    head = (lower(node.target, to), lower(node.iter, to))
    return ("for", node.lineno, *head, lower_body(node.body, to), lower_body(node.orelse, to))


def _while(node: ast.While, to: State) -> Code:
    to.branches += 1
    return ("while", node.lineno, lower(node.test, to), lower_body(node.body, to), lower_body(node.orelse, to))


def _with(node: ast.With | ast.AsyncWith, to: State) -> Code:
    items = tuple(
        [
            (lower(item.context_expr, to), None if item.optional_vars is None else lower(item.optional_vars, to))
            for item in node.items
        ]
    )
    return ("with", node.lineno, items, lower_body(node.body, to))


def _try(node: Any, to: State) -> Code:
    outer = to.condition
    to.condition = outer or "conditional"
    body = lower_body(node.body, to)
    handlers = []
    for handler in node.handlers:
        to.branches += 1
        caught = None if handler.type is None else lower(handler.type, to)
        handlers.append((caught, handler.name, lower_body(handler.body, to), handler.lineno))
    to.condition = outer
    rest = (lower_body(node.orelse, to), lower_body(node.finalbody, to))
    return ("try", node.lineno, body, tuple(handlers), *rest)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, to: State) -> Code:
    return ("def", node.lineno, to.function_scope(node))


def _class(node: ast.ClassDef, to: State) -> Code:
    return ("class", node.lineno, to.class_scope(node))


def _import(node: ast.Import, to: State) -> Code:
    found = [Import(node.lineno, to.import_scope, 0, alias.name, alias.asname, None) for alias in node.names]
    return _imported(node, found, to)


def _import_from(node: ast.ImportFrom, to: State) -> Code:
    names = tuple([(alias.name, alias.asname or alias.name) for alias in node.names])
    found = [Import(node.lineno, to.import_scope, node.level, node.module or "", None, names)]
    return _imported(node, found, to)


def _imported(node: ast.stmt, found: list[Import], to: State) -> Code:
    first = len(to.imports)
    to.imports.extend(found)
    return ("im", node.lineno, first, len(to.imports))


def _global(node: ast.Global | ast.Nonlocal, to: State) -> Code:
    return ("g" if isinstance(node, ast.Global) else "nl", node.lineno, tuple(node.names))


def _match(node: ast.Match, to: State) -> Code:
    cases = []
    for case in node.cases:
        to.branches += 1
        guard = None if case.guard is None else lower(case.guard, to)
        cases.append((_pattern(case.pattern, to), guard, lower_body(case.body, to)))
    return ("match", node.lineno, lower(node.subject, to), tuple(cases))


def _pattern(node: Any, to: State) -> Code:
    """A pattern: a value, a name (that another pattern must fit), a sequence, a mapping, a class or alternatives."""
    if isinstance(node, ast.MatchValue):
        return ("=", lower(node.value, to))
    if isinstance(node, ast.MatchAs):
        return ("as", node.name, None if node.pattern is None else _pattern(node.pattern, to))
    if isinstance(node, ast.MatchStar):
        return ("*", node.name)
    if isinstance(node, ast.MatchMapping):
        fits = tuple([_pattern(one, to) for one in node.patterns])
        return ("{", lower_all(node.keys, to), fits, node.rest)
    if isinstance(node, ast.MatchClass):
        fits = tuple([_pattern(one, to) for one in node.patterns])
        named = tuple(zip(node.kwd_attrs, [_pattern(one, to) for one in node.kwd_patterns], strict=True))
        return ("c", lower(node.cls, to), fits, named)
    if isinstance(node, ast.MatchSequence | ast.MatchOr):
        return (
            "[" if isinstance(node, ast.MatchSequence) else "|",
            tuple([_pattern(one, to) for one in node.patterns]),
        )
    return None


def _assert(node: ast.Assert, to: State) -> Code:
    value = lower(node.test, to)
    return None if value is None else ("e", node.lineno, value)


def _type_alias(node: Any, to: State) -> Code:
    return ("=", node.lineno, (lower(node.name, to),), lower(node.value, to))


def _nothing(node: ast.stmt, to: State) -> Code:
    return None


_BY_TYPE: dict[type[Any], Callable[[Any, Any], Code]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Delete: _delete,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Match: _match,
    ast.Assert: _assert,
    ast.Pass: _nothing,
    ast.Break: _nothing,
    ast.Continue: _nothing,
}
if hasattr(ast, "TypeAlias"):  # Python 3.12
    _BY_TYPE[ast.TypeAlias] = _type_alias
