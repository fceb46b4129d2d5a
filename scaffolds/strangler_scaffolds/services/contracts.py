"""Contract tests from calls that were seen: which of them can be made again, and must then give the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from strangler.analysis import Function
from strangler_scaffolds.entries import CallGraph, Entry
from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.sources import Sources, decode

# What gives something else each time, or depends on the machine: names that such code cannot do without.
_CHANGING = frozenset(
    [
        "now",
        "utcnow",
        "today",
        "time",
        "monotonic",
        "perf_counter",
        "uuid1",
        "uuid4",
        "random",
        "randint",
        "choice",
        "shuffle",
        "sample",
        "secrets",
        "urandom",
        "token_hex",
        "token_urlsafe",
        "environ",
        "getenv",
        "open",
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "connect",
        "request",
        "urlopen",
        "Session",
        "session",
        "engine",
        "query",
        "objects",
        "settings",
        "config",
        "current_app",
        "getpid",
        "hostname",
        "sleep",
        "global",
    ]
)


def examples(graph: CallGraph, sources: Sources) -> tuple[dict[str, Any], ...]:
    """The examples of every function of the contract, in a fixed order; ``repeatable`` ones can be made again."""
    return tuple(sample for entry in graph.entries for sample in _of(entry, graph, sources))


def _of(entry: Entry, graph: CallGraph, sources: Sources) -> Iterator[dict[str, Any]]:
    if entry.seen is None:
        return
    steady = is_steady(entry, graph, sources)
    for sample in entry.seen.samples:
        yield {
            "function": entry.ref,
            **{key: value for key, value in sample.items() if key != "redacted"},
            "repeatable": steady and not sample["redacted"],
        }


def is_steady(entry: Entry, graph: CallGraph, sources: Sources) -> bool:
    """Whether the function, and all that it calls, depends on its arguments alone as far as its text can tell."""
    if entry.reads or entry.writes or entry.sends or entry.is_method:
        return False
    return not any(_names(function, sources) & _CHANGING for function in graph.reached(entry.function.ref))


def _names(function: Function, sources: Sources) -> set[str]:
    """Every name and attribute in the function's own text."""
    tree = parse(decode(sources.read(function.path), function.path), function.path)
    found: set[str] = set()
    for node in ast.walk(tree):
        if not function.line <= getattr(node, "lineno", 0) <= function.end_line:
            continue
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.add("global")
    return found
