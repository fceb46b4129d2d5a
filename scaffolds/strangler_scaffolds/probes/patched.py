"""Finds what a test has replaced in the code that both sides have, and carries it over where that is possible.

A constant is carried as its value, a function without arguments (a clock) as what it gives at this moment. Anything
else cannot be carried: a call that would meet it runs locally, and its test is counted as proven locally only.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
import types
from collections.abc import Iterator
from typing import Any

_SIMPLE = (str, int, float, bool, bytes, tuple, frozenset, type(None))


class Originals:
    """What the modules held when the run began; taken module by module, as soon as each is loaded."""

    def __init__(self, modules: list[str]) -> None:
        self._names = modules
        self._taken: dict[str, dict[str, Any]] = {}

    def take(self) -> None:
        """Remember what modules that are new hold now."""
        for name in self._names:
            module = sys.modules.get(name)
            if module is not None and name not in self._taken and _is_loaded(module):
                self._taken[name] = {k: v for k, v in vars(module).items() if _is_of_interest(k, v)}

    def replace(self, module: str, name: str, value: Any) -> None:
        """From now on ``value`` counts as what the module held."""
        self._taken.setdefault(module, {})[name] = value

    def changed(self) -> Iterator[tuple[str, str, Any, Any]]:
        """(module, name, original, present value) of everything that is not as it was."""
        for module_name, originals in self._taken.items():
            present = vars(sys.modules[module_name])
            for name, original in originals.items():
                if present.get(name, original) is not original and present[name] != original:
                    yield module_name, name, original, present[name]


def _is_loaded(module: types.ModuleType) -> bool:
    return not getattr(getattr(module, "__spec__", None), "_initializing", False)


def _is_of_interest(name: str, value: Any) -> bool:
    return not name.startswith("__") and isinstance(value, (*_SIMPLE, types.FunctionType))


def carried(originals: Originals) -> tuple[list[dict[str, Any]], list[str]]:
    """What can be carried, as values by module and name, and the refs of what cannot."""
    values: list[dict[str, Any]] = []
    stuck: list[str] = []
    for module, name, original, present in originals.changed():
        ref = f"{module}:{name}"
        if isinstance(original, types.FunctionType):
            if _takes_nothing(original):
                values.append({"module": module, "name": name, "calls": True, "value": present()})
            else:
                stuck.append(ref)
        elif isinstance(present, _SIMPLE):
            values.append({"module": module, "name": name, "calls": False, "value": present})
        else:
            stuck.append(ref)
    return values, stuck


def _takes_nothing(function: types.FunctionType) -> bool:
    return not inspect.signature(function).parameters


@contextlib.contextmanager
def applied(values: list[dict[str, Any]]) -> Iterator[None]:
    """Let the other side's modules hold ``values`` for a while."""
    before: list[tuple[Any, str, Any]] = []
    for entry in values:
        module = sys.modules.get(entry["module"])
        if module is None:
            continue
        before.append((module, entry["name"], getattr(module, entry["name"])))
        setattr(module, entry["name"], _constant(entry["value"]) if entry["calls"] else entry["value"])
    try:
        yield
    finally:
        for module, name, value in reversed(before):
            setattr(module, name, value)


def _constant(value: Any) -> Any:
    return lambda: value
