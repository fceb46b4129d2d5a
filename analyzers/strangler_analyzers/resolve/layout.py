"""How a function takes its arguments, worked out once for all its calls."""

from __future__ import annotations

from typing import NamedTuple

from strangler_analyzers.facts import Scope


class Layout(NamedTuple):
    """Parameters filled by place, the one that takes further places (or none: empty), those filled by name."""

    places: tuple[str, ...]
    rest: str
    names: frozenset[str]


def layout_of(scope: Scope) -> Layout:
    """The layout of a function's parameters."""
    if not scope.params:
        return _NONE
    places = tuple([param[0] for param in scope.params if param[1] in ("positional_only", "positional_or_keyword")])
    rest = next((param[0] for param in scope.params if param[1] == "var_positional"), "")
    names = frozenset([param[0] for param in scope.params if param[1] in ("positional_or_keyword", "keyword_only")])
    return Layout(places, rest, names)


_NONE = Layout((), "", frozenset())
