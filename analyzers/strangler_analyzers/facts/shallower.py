"""Cuts up expressions that are nested too deeply for an interpreter to build the tree of (some releases of 3.12)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from strangler_analyzers.facts.modernise import Edit

# Operands that stay together; every interpreter reads this many.
_TOGETHER = 200
_OPERATIONS = frozenset({"binary_operator", "boolean_operator"})


def cuts(root: Any) -> tuple[int, list[Edit]]:
    """Where (a line, from 1) the source is nested most deeply, and edits that make it shallower.

    A long sum or chain of ``and`` becomes a tuple of shorter ones: what it calls stays, what it comes to does not.
    There are no edits if it is nested in another way.
    """
    deepest = _deepest(root)
    spine = _spine(deepest)
    line = deepest.start_point[0] + 1
    if len(spine) <= _TOGETHER:
        return line, []
    top = spine[-1]
    signs = [_sign(below, above) for below, above in pairwise(spine)][_TOGETHER - 1 :: _TOGETHER]
    between = [(start, end, b",") for start, end in signs]
    return line, [(top.start_byte, top.start_byte, b"("), *between, (top.end_byte, top.end_byte, b")")]


def _deepest(root: Any) -> Any:
    found, most = root, 0
    pending = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > most:
            found, most = node, depth
        pending.extend((child, depth + 1) for child in node.children)
    return found


def _spine(node: Any) -> list[Any]:
    """The operations around ``node``, each the left operand of the next, the innermost first."""
    while node.parent is not None and node.type not in _OPERATIONS:
        node = node.parent
    spine = [node]
    while node.parent is not None and node.parent.type in _OPERATIONS and node.parent.children[0] == node:
        node = node.parent
        spine.append(node)
    return spine


def _sign(left: Any, operation: Any) -> tuple[int, int]:
    """The bytes of the operator behind ``left``."""
    sign = operation.children[1]
    assert sign.start_byte >= left.end_byte
    return sign.start_byte, sign.end_byte
