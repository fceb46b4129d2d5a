"""Watches calls into seams while the monolith runs as it is: types, changed arguments, open transactions."""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
import types
from typing import Any, Callable, Dict, List

from . import records, stores
from .loading import AfterLoading

_SHOWN = 3  # how many items of a collection say what it holds


def start() -> None:
    """Set up this process for an observation."""
    with open(os.environ["STRANGLER_OBSERVE"], encoding="utf-8") as stream:
        settings: Dict[str, Any] = json.load(stream)
    stores.watch_when_loaded()
    for seam in settings["seams"]:
        watch = functools.partial(_watch, frozenset(seam["moved"]))
        AfterLoading({name: watch for name in seam["moved"]}).install()


def _watch(moved: "frozenset[str]", module: Any) -> None:
    for name, value in list(vars(module).items()):
        plain = isinstance(value, types.FunctionType) and value.__module__ == module.__name__
        if plain and not inspect.iscoroutinefunction(value):
            setattr(module, name, _watched(moved, f"{module.__name__}:{name}", value))


def _watched(moved: "frozenset[str]", ref: str, original: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        if sys._getframe(1).f_globals.get("__name__", "") in moved:
            return original(*args, **kwargs)
        arguments = _bound(signature, args, kwargs)
        before = {name: _look(value) for name, value in arguments.items()}
        outcome = {"returns": "", "raises": ""}
        try:
            result = original(*args, **kwargs)
            outcome["returns"] = type_of(result)
            return result
        except BaseException as error:
            outcome["raises"] = f"{type(error).__module__}:{type(error).__qualname__}"
            raise
        finally:
            changed = sorted(name for name, value in arguments.items() if _look(value) != before[name])
            kinds = {name: type_of(value) for name, value in arguments.items()}
            inside = stores.uncommitted() is not None
            records.write("seen", ref=ref, arguments=kinds, changed=changed, uncommitted=inside, **outcome)

    return call


def _bound(signature: inspect.Signature, args: Any, kwargs: Any) -> Dict[str, Any]:
    try:
        return dict(signature.bind(*args, **kwargs).arguments)
    except TypeError:
        return {}  # the call will say so itself


def _look(value: Any) -> str:
    """What a plain value looks like, to see later whether it was changed; nothing else is touched."""
    return repr(value) if type(value) in (list, dict, set, bytearray) else ""


def type_of(value: Any, depth: int = 2) -> str:
    """The type of a value, with those of its items: never the value itself."""
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}:{kind.__qualname__}"
    if depth == 0 or kind not in (list, tuple, set, frozenset, dict):
        return name
    if kind is dict:
        keys, values = _kinds(list(value), depth), _kinds(list(value.values()), depth)
        return f"dict[{keys}, {values}]" if value else name
    return f"{name}[{_kinds(list(value), depth)}]" if value else name


def _kinds(items: List[Any], depth: int) -> str:
    return " | ".join(sorted({type_of(item, depth - 1) for item in items[:_SHOWN]}))
