"""Faults that are put into a service, one at a time, to see whether the proof can fail.

They are the faults that taking a service out can cause: a field dropped, an exception swapped, a write lost, a default
or a comparison changed. Which ones, of all that are possible, is drawn by a seed, so that every run draws the same.
"""

from __future__ import annotations

import ast
import random
import re
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
    """One fault: the file's content with it, the lines it is in (``line`` to ``end``), and what it is."""

    path: str
    line: int
    end: int
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
        for kind, node, what, edit in _faults(text, path):
            if any(node.lineno in span for span in lines.get(path, ())):
                made = Mutant(path, node.lineno, node.end_lineno or node.lineno, what, apply(text, [edit]).data)
                by_kind.setdefault(kind, []).append(made)
    return _drawn(by_kind, count, random.Random(seed))


def _drawn(by_kind: Mapping[str, list[Mutant]], count: int, draw: random.Random) -> list[Mutant]:
    chosen: list[Mutant] = []
    for found in by_kind.values():
        draw.shuffle(found)
    while len(chosen) < count and any(by_kind.values()):
        for kind in sorted(by_kind):
            if by_kind[kind] and len(chosen) < count:
                chosen.append(by_kind[kind].pop())
    return sorted(chosen, key=lambda mutant: (mutant.path, mutant.line, mutant.what))


_SIGN = re.compile(r"is\s+not\b|not\s+in\b|is\b|in\b|[<>=!]=|[<>]")
_Fault = tuple[str, ast.stmt | ast.expr, str, Edit]
# What writes a line into a log changes nothing that a program can see; nobody tests it, and a proof is not about it.
_LOGS = frozenset({"log", "logger", "logging"})


def _faults(text: Text, path: str) -> Iterator[_Fault]:
    spans = Spans(text)
    for node in ast.walk(parse(text, path)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from _swapped(node, node.exc, spans)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if not _is_log(node.value.func) and not _is_flush(node.value):
                yield "lost", node, f"lost: {ast.unparse(node)[:60]}", Edit(*spans.of(node), "pass")
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            yield "unset", node, f"not set: {ast.unparse(node.targets[0])}", Edit(*spans.of(node), "pass")
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            yield from _turned(node, text, spans)
        elif isinstance(node, ast.Return) and node.value is not None:
            yield from _returned(node, node.value, spans)


def _is_log(function: ast.expr) -> bool:
    """Whether a called function is a logger's: ``log.info``, ``self._logger.warning``."""
    owner = function.value if isinstance(function, ast.Attribute) else None
    if isinstance(owner, ast.Call):
        return _is_log(owner.func)
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name.strip("_").lower() in _LOGS


def _is_flush(call: ast.Call) -> bool:
    """Whether it only sends earlier what the next query, the commit or the end of the file sends anyway."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "flush" and not call.args


def _swapped(node: ast.Raise, made: ast.Call, spans: Spans) -> Iterator[_Fault]:
    name = ast.unparse(made.func)
    if name != "RuntimeError":
        what = f"raises RuntimeError in place of {name}"
        yield "exception", node, what, Edit(*spans.of(made), 'RuntimeError("swapped")')


def _turned(node: ast.Compare, text: Text, spans: Spans) -> Iterator[_Fault]:
    """A comparison with the opposite sign; the parentheses around its sides stay."""
    start, end = spans.of(node.left)[1], spans.of(node.comparators[0])[0]
    between = text.content[start:end]
    sign = _SIGN.search(between)
    if sign and "#" not in between:
        edit = Edit(start + sign.start(), start + sign.end(), _OPPOSITE[type(node.ops[0])])
        yield "comparison", node, f"turned round: {ast.unparse(node)[:60]}", edit


def _returned(node: ast.Return, value: ast.expr, spans: Spans) -> Iterator[_Fault]:
    """A returned value without one of its fields, or without itself."""
    if isinstance(value, ast.Call):
        yield from _dropped(node, value, spans)
    elif isinstance(value, ast.ListComp | ast.Name | ast.List):
        yield "result", node, f"not returned: {ast.unparse(value)[:60]}", Edit(*spans.of(value), "None")


def _dropped(node: ast.Return, made: ast.Call, spans: Spans) -> Iterator[_Fault]:
    """A call's last field as None, if it is not None anyway."""
    if made.keywords and all(keyword.arg for keyword in made.keywords):
        field, what = made.keywords[-1].value, f"field dropped: {made.keywords[-1].arg}"
    elif len(made.args) > 1 and not isinstance(made.args[-1], ast.Starred):
        field, what = made.args[-1], f"field dropped: the last of {ast.unparse(made.func)[:40]}"
    else:
        return
    if not (isinstance(field, ast.Constant) and field.value is None):
        yield "field", node, what, Edit(*spans.of(field), "None")
