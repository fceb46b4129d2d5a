"""The source of a function that has another one's signature and hands its arguments on by name."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence

from strangler.analysis import Function, Param

_BUILTINS = frozenset(dir(builtins))


def stub(function: Function, name: str, *, call: str = "_call") -> str:
    """A definition of ``name`` with the signature of ``function`` that passes ``call`` the ref and the arguments."""
    asynchronous = "async " if function.is_async else ""
    returns = f" -> {function.returns}" if function.returns else ""
    head = f"{asynchronous}def {name}({_parameters(function.params)}){returns}:"
    given = ", ".join(_arguments(function.params))
    awaited = "await _call_async" if function.is_async else call
    return f'{head}\n    return {awaited}("{function.ref}", {{{given}}})\n'


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
    default = param.default if _is_literal(param.default) else "_UNSET"
    return f"{text} = {default}" if param.annotation else f"{text}={default}"


def _is_literal(text: str) -> bool:
    """Whether a default is the same value wherever it is written, and not one object that calls share."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return not isinstance(value, list | dict | set)


def _arguments(params: Sequence[Param]) -> Iterator[str]:
    before_star = any(param.kind == "var_positional" for param in params)
    for param in params:
        positional = param.kind == "positional_only" or (before_star and param.kind == "positional_or_keyword")
        key = {"var_positional": "*", "var_keyword": "**"}.get(param.kind, f"/{param.name}" if positional else param.name)
        yield f'"{key}": {param.name}'


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
