"""What containers hold, however deep."""

from __future__ import annotations

from strangler_analyzers.resolve.values import EMPTY, Items, Values, union


def contents(values: Values) -> Values:
    """``values`` with what containers hold instead of these; one that holds itself is opened once."""
    found, opened, pending = EMPTY, set(), [values]
    while pending:
        for value in pending.pop():
            if not isinstance(value, Items):
                found = union(found, (value,))
            elif value not in opened:
                opened.add(value)
                pending.append(value.all())
    return found
