"""Faults that are put into a service, one at a time, to see whether the proof can fail.

They are the faults that taking a service out can cause: a field dropped, an exception swapped, a write lost, a default
or a comparison changed. Which ones, of all that are possible, is drawn by a seed, so that every run draws the same.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from strangler_scaffolds.rewriting.splice import Edit, Spans, apply, parse
from strangler_scaffolds.sources import Text, decode

_OPPOSITE: Mapping[type[ast.cmpop], str] = {
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}


@dataclass(frozen=True)
class Mutant:
    """One fault: the file's content with it, where it is, and what it is."""

    path: str
    line: int
    what: str
    data: bytes


def mutants_of(
    files: Mapping[str, bytes], lines: Mapping[str, Sequence[range]], *, count: int, seed: int
) -> list[Mutant]:
    """Draw ``count`` mutants, spread over the kinds of fault.

    Args:
        files: path → content of moved code.
        lines: path → the lines in which a fault counts (functions that can be called).
        count: how many, at most.
        seed: draws the same ones for the same files.
    """
    by_kind: dict[str, list[Mutant]] = {}
    for path, data in sorted(files.items()):
        text = decode(data, path)
        for kind, line, what, edit in _faults(text, path):
            if any(line in span for span in lines.get(path, ())):
                by_kind.setdefault(kind, []).append(Mutant(path, line, what, apply(text, [edit]).data))
    chosen: list[Mutant] = []
    draw = random.Random(seed)
    for found in by_kind.values():
        draw.shuffle(found)
    while len(chosen) < count and any(by_kind.values()):
        for kind in sorted(by_kind):
            if by_kind[kind] and len(chosen) < count:
                chosen.append(by_kind[kind].pop())
    return sorted(chosen, key=lambda mutant: (mutant.path, mutant.line, mutant.what))


_Fault = tuple[str, int, str, Edit]


def _faults(text: Text, path: str) -> Iterator[_Fault]:
    spans = Spans(text)
    for node in ast.walk(parse(text, path)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield _swapped(node, node.exc, spans)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield "lost", node.lineno, f"lost: {ast.unparse(node)[:60]}", Edit(*spans.of(node), "pass")
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            yield "unset", node.lineno, f"not set: {ast.unparse(node.targets[0])}", Edit(*spans.of(node), "pass")
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            yield _turned(node, spans)
        elif isinstance(node, ast.Return) and node.value is not None:
            yield from _returned(node, node.value, spans)


def _swapped(node: ast.Raise, made: ast.Call, spans: Spans) -> _Fault:
    what = f"raises RuntimeError in place of {ast.unparse(made.func)}"
    return "exception", node.lineno, what, Edit(*spans.of(made), 'RuntimeError("swapped")')


def _turned(node: ast.Compare, spans: Spans) -> _Fault:
    sign = _OPPOSITE[type(node.ops[0])]
    _, start = spans.of(node.left)
    end, _ = spans.of(node.comparators[0])
    while_parenthesised = f" {sign} "
    return (
        "comparison",
        node.lineno,
        f"turned round: {ast.unparse(node)[:60]}",
        _between(start, end, while_parenthesised),
    )


def _between(start: int, end: int, text: str) -> Edit:
    return Edit(start, end, text)


def _returned(node: ast.Return, value: ast.expr, spans: Spans) -> Iterator[_Fault]:
    """A returned value without one of its fields, or changed."""
    if isinstance(value, ast.Call) and value.keywords and all(keyword.arg for keyword in value.keywords):
        dropped = value.keywords[-1]
        yield "field", node.lineno, f"field dropped: {dropped.arg}", Edit(*spans.of(dropped.value), "None")
    elif isinstance(value, ast.Call) and len(value.args) > 1 and not isinstance(value.args[-1], ast.Starred):
        what = f"field dropped: the last of {ast.unparse(value.func)[:40]}"
        yield "field", node.lineno, what, Edit(*spans.of(value.args[-1]), "None")
    elif isinstance(value, ast.ListComp | ast.Name | ast.List):
        yield "result", node.lineno, f"not returned: {ast.unparse(value)[:60]}", Edit(*spans.of(value), "None")
