"""How a function takes its arguments, worked out once for all its calls."""

from __future__ import annotations

from typing import NamedTuple

from strangler_analyzers.facts import Scope


class Layout(NamedTuple):
    """Parameters filled by place, those filled by name, and those with a default.

    ``rest`` and ``keywords`` take what is further given by place and by name (or are empty: nothing does).
    """

    places: tuple[str, ...]
    rest: str
    names: frozenset[str]
    keywords: str
    defaulted: tuple[str, ...]


def layout_of(scope: Scope) -> Layout:
    """The layout of a function's parameters."""
    if not scope.params:
        return _NONE
    places = tuple([param[0] for param in scope.params if param[1] in ("positional_only", "positional_or_keyword")])
    rest = next((param[0] for param in scope.params if param[1] == "var_positional"), "")
    names = frozenset([param[0] for param in scope.params if param[1] in ("positional_or_keyword", "keyword_only")])
    keywords = next((param[0] for param in scope.params if param[1] == "var_keyword"), "")
    return Layout(places, rest, names, keywords, tuple([param[0] for param in scope.params if _has_default(param)]))


def _has_default(param: tuple[object, ...]) -> bool:
    """Whether a parameter has a default, or an annotation that may give it one (``Annotated[T, Depends(f)]``)."""
    annotation = param[3]
    return param[5] is not None or (isinstance(annotation, tuple) and annotation[0] == "[]")


_NONE = Layout((), "", frozenset(), "", ())
