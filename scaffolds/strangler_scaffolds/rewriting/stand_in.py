"""Keeps a call whose argument is gone, with something else in that argument's place: a view behind a named URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst import matchers as m


@dataclass(frozen=True)
class StandIn:
    """What takes the place of an argument that is gone, so that the call around it stays (a view behind a named URL).

    ``calls`` maps names of functions to the position of that argument and its keyword; the value that stands in is
    ``name`` of ``module``.
    """

    module: str
    name: str
    calls: Mapping[str, tuple[int, str]]


class StandsIn(cst.CSTTransformer):
    """Puts the stand-in where an argument that is gone was."""

    def __init__(self, stand_in: StandIn, missing: Callable[[cst.CSTNode], bool]) -> None:
        super().__init__()
        self._stand_in = stand_in
        self._missing = missing

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """Replace the argument, in calls of the functions that are meant."""
        function = updated_node.func
        name = function.attr if isinstance(function, cst.Attribute) else function
        place = self._stand_in.calls.get(name.value) if isinstance(name, cst.Name) else None
        if place is None:
            return updated_node
        return updated_node.with_changes(
            args=[self._argument(arg, at, *place) for at, arg in enumerate(updated_node.args)]
        )

    def _argument(self, arg: cst.Arg, at: int, position: int, keyword: str) -> cst.Arg:
        is_meant = arg.keyword.value == keyword if arg.keyword else at == position and not arg.star
        if not is_meant or _is_list_of_its_own(arg.value) or not self._missing(arg.value):
            return arg
        return arg.with_changes(value=cst.Name(self._stand_in.name))


def _is_list_of_its_own(value: cst.BaseExpression) -> bool:
    """``include([...])``: its elements are looked at one by one."""
    return m.matches(value, m.Call(args=[m.Arg(value=m.List() | m.Tuple()), m.ZeroOrMore()]) | m.List() | m.Tuple())


def with_import(body: list[Any], stand_in: StandIn) -> list[Any]:
    """The module with the import of what stands in, behind its docstring and ``__future__`` imports."""
    at = 0
    while at < len(body) and (is_text(body[at]) or _is_future(body[at])):
        at += 1
    line = cst.parse_statement(f"from {stand_in.module} import {stand_in.name}\n")
    return [*body[:at], line, *body[at:]]


def _is_future(statement: cst.BaseStatement) -> bool:
    future = m.SimpleStatementLine(body=[m.ImportFrom(module=m.Name("__future__"))])
    return m.matches(statement, future)


def is_text(statement: cst.BaseStatement) -> bool:
    """Whether a statement is a docstring or ``pass``, which does nothing."""
    line = m.SimpleStatementLine(body=[m.Expr(value=m.SimpleString() | m.ConcatenatedString())])
    return m.matches(statement, line) or m.matches(statement, m.SimpleStatementLine(body=[m.Pass()]))
