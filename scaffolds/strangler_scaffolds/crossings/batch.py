"""Proposes the function to call once in place of one that is called for each item of a loop."""

from __future__ import annotations

from strangler.analysis import Function, Param


def batch(function: Function, name: str) -> str:
    """The signature of a function that takes what varies as a list, and gives a list of results in the same order."""
    params = [param for param in function.params if not param.kind.startswith("var_")]
    shown = [_listed(params[0]), *map(_shown, params[1:])] if params else ["count: int"]
    asynchronous = "async " if function.is_async else ""
    return f"{asynchronous}def {name.rpartition('.')[2]}_many({', '.join(shown)}){_result(function.returns)}"


def _result(annotation: str | None) -> str:
    if annotation == "None":
        return " -> None"
    return f" -> list[{annotation}]" if annotation else " -> list"


def _listed(param: Param) -> str:
    return f"{param.name}_list: list[{param.annotation}]" if param.annotation else f"{param.name}_list: list"


def _shown(param: Param) -> str:
    text = f"{param.name}: {param.annotation}" if param.annotation else param.name
    return text if param.default is None else f"{text} = {param.default}"
