"""The source of a function that has another one's signature."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence

from strangler.analysis import Function, Param

_BUILTINS = frozenset(dir(builtins))


def stub(function: Function, name: str) -> str:
    """A definition of ``name`` with the signature of ``function`` and no body."""
    asynchronous = "async " if function.is_async else ""
    returns = f" -> {function.returns}" if function.returns else ""
    return f"{asynchronous}def {name}({_parameters(function.params)}){returns}: ...\n"


def _parameters(params: Sequence[Param]) -> str:
    parts: list[str] = []
    starred = False
    for index, param in enumerate(params):
        if param.kind == "keyword_only" and not starred:
            parts.append("*")
            starred = True
        starred = starred or param.kind == "var_positional"
        parts.append(_parameter(param))
        following = params[index + 1].kind if index + 1 < len(params) else ""
        if param.kind == "positional_only" and following != "positional_only":
            parts.append("/")
    return ", ".join(parts)


def _parameter(param: Param) -> str:
    stars = {"var_positional": "*", "var_keyword": "**"}.get(param.kind, "")
    text = stars + param.name + (f": {param.annotation}" if param.annotation else "")
    if param.default is None:
        return text
    default = param.default if _is_literal(param.default) else "..."
    return f"{text} = {default}" if param.annotation else f"{text}={default}"


def _is_literal(text: str) -> bool:
    """Whether a default is the same value wherever it is written, and not one object that calls share."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return not isinstance(value, list | dict | set)


def annotation_names(functions: Iterable[Function]) -> list[str]:
    """The names that annotations of these functions look up in their module, sorted."""
    texts = [p.annotation for f in functions for p in f.params if p.annotation]
    texts += [f.returns for f in functions if f.returns]
    return sorted({name for text in texts for name in _names(text)} - _BUILTINS)


def _names(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _names(node.value)
