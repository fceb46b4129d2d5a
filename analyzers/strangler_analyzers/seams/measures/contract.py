"""The API a seam would need: every callable that somebody outside calls, as it is declared today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from strangler.analysis import Function, Param
from strangler_analyzers.seams.measures.ledger import Entry
from strangler_analyzers.seams.measures.places import places

_CALLS = frozenset({"call", "loop-call"})
_BOUND = frozenset({"self", "cls"})


def contract(
    inward: Iterable[Entry], functions: Mapping[str, Function], writes: Callable[[str], list[str]]
) -> list[dict[str, Any]]:
    """One entry per crossing callable, in the order of refs; ``writes`` tells what a callable writes in the end."""
    called: dict[str, list[Entry]] = {}
    for entry in inward:
        if entry.kind in _CALLS and entry.what:
            called.setdefault(entry.what, []).append(entry)
    return [_operation(ref, called[ref], functions.get(ref), writes(ref)) for ref in sorted(called)]


def _operation(ref: str, entries: list[Entry], function: Function | None, writes: list[str]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "ref": ref,
        "callers": sorted({entry.source for entry in entries}),
        "sites": sum(entry.sites for entry in entries),
        "in_loop": any(entry.kind == "loop-call" for entry in entries),
        "evidence": places(site for entry in entries for site in entry.evidence),
    }
    if function is not None:
        operation.update(_declared(function, writes))
    return operation


def _declared(function: Function, writes: list[str]) -> dict[str, Any]:
    changes = bool(writes or function.mutates)
    return {
        "signature": signature(function),
        "kind": function.kind,
        "typed": is_typed(function),
        "async": function.is_async,
        "raises": list(function.raises),
        "reads": list(function.reads),
        "writes": writes,
        "operation": "command" if changes else "query",
        "idempotency": _idempotency(function, changes=changes),
        "place": f"{function.path}:{function.line}",
    }


def signature(function: Function) -> str:
    """``(order_id: int, *, note: str = '') -> Invoice``, without the bound first parameter."""
    returns = f" -> {function.returns}" if function.returns else ""
    return f"({', '.join(_written(_free_params(function)))}){returns}"


def _written(params: Iterable[Param]) -> Iterable[str]:
    starred = False
    for param in params:
        if param.kind == "keyword_only" and not starred:
            starred = True
            yield "*"
        starred = starred or param.kind == "var_positional"
        yield _param(param)


def _param(param: Param) -> str:
    stars = {"var_positional": "*", "var_keyword": "**"}.get(param.kind, "")
    annotation = f": {param.annotation}" if param.annotation else ""
    if param.default is None:
        return f"{stars}{param.name}{annotation}"
    return f"{param.name}{annotation} = {param.default}" if annotation else f"{param.name}={param.default}"


def is_typed(function: Function) -> bool:
    """Whether every parameter and the result are annotated; a class answers for its constructor by its parameters."""
    annotated = all(param.annotation for param in _free_params(function))
    return annotated and (function.returns is not None or function.kind == "class")


def _free_params(function: Function) -> list[Param]:
    return [param for position, param in enumerate(function.params) if position or param.name not in _BOUND]


def _idempotency(function: Function, *, changes: bool) -> str:
    """A guess: a query may be repeated, a command that takes a key too, any other may not."""
    if not changes:
        return "natural"
    keyed = any("idempot" in param.name.lower() or param.name.lower().endswith("key") for param in function.params)
    return "key" if keyed else "none"
