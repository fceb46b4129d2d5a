"""Watches calls into seams while the monolith runs as it is: types, changed arguments, open transactions."""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
import types
from typing import Any, Callable, Dict, List, Optional

from . import records, stores
from .loading import AfterLoading
from .samples import Samples, samples_for

_SHOWN = 3  # how many items of a collection say what it holds


def start() -> None:
    """Set up this process for an observation."""
    with open(os.environ["STRANGLER_OBSERVE"], encoding="utf-8") as stream:
        settings: Dict[str, Any] = json.load(stream)
    stores.watch_when_loaded()
    samples = samples_for(settings["packages"]) if settings["samples"] else None
    for seam in settings["seams"]:
        watch = functools.partial(_watch, frozenset(seam["moved"]), samples)
        AfterLoading({name: watch for name in seam["moved"]}).install()


def _watch(moved: "frozenset[str]", samples: Optional[Samples], module: Any) -> None:
    for name, value in list(vars(module).items()):
        if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
            setattr(module, name, _watched(moved, samples, f"{module.__name__}:{name}", value))


def _watched(
    moved: "frozenset[str]", samples: Optional[Samples], ref: str, original: Callable[..., Any]
) -> Callable[..., Any]:
    signature = inspect.signature(original)

    def begun(depth: int, args: Any, kwargs: Any) -> "Optional[_Watched]":
        if sys._getframe(depth).f_globals.get("__name__", "") in moved:
            return None
        return _Watched(ref, samples, _bound(signature, args, kwargs))

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        watched = begun(2, args, kwargs)
        if watched is None:
            return original(*args, **kwargs)
        with watched:
            watched.result = original(*args, **kwargs)
        return watched.result

    @functools.wraps(original)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        watched = begun(2, args, kwargs)
        if watched is None:
            return await original(*args, **kwargs)
        with watched:
            watched.result = await original(*args, **kwargs)
        return watched.result

    return call_async if inspect.iscoroutinefunction(original) else call


class _Watched:
    """One call, from before it is made until it is noted."""

    def __init__(self, ref: str, samples: Optional[Samples], arguments: Dict[str, Any]) -> None:
        self.result: Any = None
        self._ref = ref
        self._arguments = arguments
        self._samples = samples
        self._before = {name: _look(value) for name, value in arguments.items()}
        self._kinds = {name: type_of(value) for name, value in arguments.items()}
        self._sent = samples.before(arguments) if samples else {}

    def __enter__(self) -> None:
        """Nothing to do: all was noted when it was made."""

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        outcome = {"result": self.result} if error is None else {"error": error}
        noted = self._samples.after(self._ref, self._sent, repr(self._kinds), outcome) if self._samples else {}
        records.write(
            "seen",
            ref=self._ref,
            arguments=self._kinds,
            changed=sorted(name for name, value in self._arguments.items() if _look(value) != self._before[name]),
            uncommitted=stores.uncommitted() is not None,
            returns=type_of(self.result) if error is None else "",
            raises=f"{kind.__module__}:{kind.__qualname__}" if error is not None else "",
            **noted,
        )


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
