"""Finds what a test has replaced in the code that both sides have, and carries it over where that is possible.

A constant is carried as its value, a function without arguments (a clock) as what it gives at this moment. Anything
else stays here, and is called back (``doubles``). Where that cannot be, a call that would meet it runs locally, and its
test is counted as proven locally only.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
import types
from collections.abc import Iterator
from typing import Any, Dict, List, NamedTuple

from .doubles import Replaced, can_stay, frozen_clock, replaced

_SIMPLE = (str, int, float, bool, bytes, tuple, frozenset, type(None))


class Originals:
    """What the modules held when the run began; taken module by module, as soon as each is loaded."""

    def __init__(self, modules: list[str]) -> None:
        self._names = modules
        self._taken: dict[str, dict[str, Any]] = {}
        self._methods: dict[type, dict[str, Any]] = {}

    def take(self) -> None:
        """Remember what modules that are new hold now."""
        for name in self._names:
            module = sys.modules.get(name)
            if module is not None and name not in self._taken and _is_loaded(module):
                self._taken[name] = {k: v for k, v in vars(module).items() if _is_of_interest(k, v)}
                own = [value for value in vars(module).values() if _is_own_class(value, name)]
                self._methods.update({cls: _methods_of(cls) for cls in own})

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

    def changed_methods(self) -> Iterator[tuple[type, str]]:
        """(class, name) of every method that is not as it was."""
        for cls, originals in self._methods.items():
            present = vars(cls)
            for name, original in originals.items():
                if present.get(name) is not original:
                    yield cls, name


def _is_own_class(value: Any, module: str) -> bool:
    # By type(): a proxy of a framework would look for a request that is not there.
    return issubclass(type(value), type) and value.__module__ == module and "." not in value.__qualname__


def _methods_of(cls: type) -> dict[str, Any]:
    kinds = (types.FunctionType, staticmethod, classmethod, property)
    return {name: value for name, value in vars(cls).items() if isinstance(value, kinds) and not name.startswith("__")}


def _is_loaded(module: types.ModuleType) -> bool:
    return not getattr(getattr(module, "__spec__", None), "_initializing", False)


def _is_of_interest(name: str, value: Any) -> bool:
    return not name.startswith("__") and isinstance(value, (*_SIMPLE, types.FunctionType))


class Changes(NamedTuple):
    """What a test has replaced: carried as values by module and name, called back, or stuck here (the refs)."""

    values: List[Dict[str, Any]]
    doubles: List[Replaced]
    stuck: List[str]


def carried(originals: Originals) -> Changes:
    """How everything goes over that is not as it was."""
    changes = Changes([], [], [])
    found = {double.ref: double for double in replaced()}
    for module, name, original, present in originals.changed():
        double = Replaced(module, "", name, present)
        if double.ref not in found and not _held(double, original, changes):
            found[double.ref] = double
    methods = {f"{cls.__module__}:{cls.__qualname__}.{name}" for cls, name in originals.changed_methods()}
    changes.stuck.extend(sorted(methods - set(found)))
    if frozen_clock():
        changes.stuck.append("the clock")
    for ref, double in sorted(found.items()):
        if _is_constant(double):
            value = {"module": double.module, "name": double.name, "calls": False, "value": double.value}
            changes.values.append(value)
        elif can_stay(double):
            changes.doubles.append(double)
        else:
            changes.stuck.append(ref)
    return changes


def _is_constant(double: Replaced) -> bool:
    """Whether a module's plain value was put in the place of another: it is what it is on either side."""
    return double.kind == "plain" and not double.within and _is_plain(double.value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, frozenset)):
        return all(map(_is_plain, value))
    return isinstance(value, _SIMPLE)


def _held(double: Replaced, original: Any, changes: Changes) -> bool:
    """Note what was replaced as a value or as stuck, if it is one of these."""
    if inspect.iscoroutinefunction(original):
        changes.stuck.append(double.ref)  # what it gives can only be awaited here
        return True
    calls = isinstance(original, types.FunctionType)
    if not (_takes_nothing(original) if calls else isinstance(double.value, _SIMPLE)):
        return False
    value = double.value() if calls else double.value
    changes.values.append({"module": double.module, "name": double.name, "calls": calls, "value": value})
    return True


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
