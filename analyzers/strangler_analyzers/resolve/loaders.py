"""Definitions that are named by text: found by the shape of a call, not by the name of what is called.

``load("shop.orders", "Order")``, ``load("orders", "Order")`` and ``load("shop.orders.Order")`` mean a definition of the
program when exactly that text names one, and the function called is not known to give something else.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from strangler_analyzers.facts import Facts
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.imports import ModuleTable
from strangler_analyzers.resolve.library import texts
from strangler_analyzers.resolve.values import EMPTY, Class, Func, Items, Module, Values, union

# A text that names more definitions than this names none.
_MOST_CANDIDATES = 3


class Index:
    """The definitions at the top of each module, by their name; modules by the last part of theirs."""

    def __init__(self, table: ModuleTable) -> None:
        self.table = table
        self.defining: dict[str, list[Module]] = {}
        self.by_tail: dict[str, list[Module]] = {}
        for name in sorted(table.by_name):
            module = table.by_name[name]
            self.by_tail.setdefault(name.rpartition(".")[2], []).append(module)
            for scope in module.facts.scopes:
                if scope.parent == 0 and scope.kind != "lambda":
                    self.defining.setdefault(scope.name, []).append(module)
        self._assigned_in: dict[Module, frozenset[str]] = {}
        self._folded = {name.lower(): name for name in sorted(self.defining)}
        # What was looked up, in lower case: whatever else a module defines changes nothing here.
        self.asked: dict[str, None] = {}

    def spelled(self, name: str) -> str:
        """``name`` as a definition spells it, whatever the case."""
        self.asked[name.lower()] = None
        return self._folded.get(name.lower(), name)

    def is_defined_in(self, module: Module, name: str) -> bool:
        """Whether ``name`` is defined at the top of ``module``."""
        self.asked[name.lower()] = None
        return module in self.defining.get(name, ())

    def modules_ending(self, path: str) -> list[Module]:
        """The modules whose dotted name is ``path`` or ends with it."""
        exact = self.table.get(path)
        if exact is not None:
            return [exact]
        tail = "." + path
        return [module for module in self.by_tail.get(path.rpartition(".")[2], []) if module.name.endswith(tail)]

    def defined_in(self, path: str, name: str) -> list[Module]:
        """The modules that ``path`` may mean and that define ``name``, or import it, or assign it."""
        return [module for module in self.modules_ending(path) if self._has(module, name)]

    def _has(self, module: Module, name: str) -> bool:
        if self.is_defined_in(module, name):
            return True
        imported = (pair for one in module.facts.imports if one.names for pair in one.names)
        return any(alias == name for _, alias in imported) or name in self._assigned(module)

    def _assigned(self, module: Module) -> frozenset[str]:
        found = self._assigned_in.get(module)
        if found is None:
            found = self._assigned_in[module] = assigned(module.facts)
        return found

    def labelled(self, label: str, name: str) -> list[Module]:
        """The modules within a package called ``label`` that define ``name``."""
        found = self.defining.get(self.spelled(name), [])
        return [module for module in found if label in module.name.split(".")[:-1]]


def assigned(facts: Facts) -> frozenset[str]:
    """The names assigned at the top of a module: a package may load with a loader what stands in its modules."""
    code = facts.scopes[0].code()
    targets = [target for one in code if one[0] == "=" for target in one[2] if target is not None]
    return frozenset(target[1] for target in targets if target[0] == "n")


def can_be_loaded(facts: Facts) -> frozenset[tuple[str, str]]:
    """All that :class:`Index` finds in a module with these facts, as pairs of how and by which name."""
    defined = {("defined", scope.name) for scope in facts.scopes if scope.parent == 0 and scope.kind != "lambda"}
    imported = {("imported", alias) for one in facts.imports if one.names for _, alias in one.names}
    return frozenset({*defined, *imported, *(("assigned", name) for name in assigned(facts))})


def loaded(frame: Frame, index: Index, call: CallOf) -> Values:
    """What a call with only texts to go by may load."""
    if not call.args or len(call.args) > 4:
        return EMPTY
    first = texts(call.args[0])
    if len(first) != 1 or not _is_path(first[0]):
        return EMPTY
    if len(call.args) == 1:
        return _by_one(frame, index, first[0], call.line)
    names = texts(call.args[1])
    if len(names) == 1:
        return _by_two(frame, index, first[0], names[0], call.line)
    return _by_list(frame, index, first[0], call)


@functools.lru_cache(maxsize=4096)
def _is_path(text: str) -> bool:
    return all(part.isidentifier() for part in text.replace(":", ".").split("."))


def _by_one(frame: Frame, index: Index, text: str, line: int) -> Values:
    path, separator, name = text.replace(":", ".").rpartition(".")
    if not separator:
        return EMPTY
    module = index.table.get(path)
    if module is not None and (index.is_defined_in(module, name) or _hands_on(frame, module, name)):
        return _found(frame, [module], name, line)
    if "." not in path and name[:1].isupper():
        return _found(frame, index.labelled(path, name), name, line)
    return EMPTY


def _hands_on(frame: Frame, module: Module, name: str) -> bool:
    """Whether ``module`` has a class or function of another module under ``name``."""
    frame.program.run_module(module)
    return any(isinstance(value, Class | Func) for value in module.env.get(name, EMPTY))


def _by_two(frame: Frame, index: Index, path: str, name: str, line: int) -> Values:
    if not name.isidentifier():
        return EMPTY
    candidates = index.defined_in(path, name)
    if not candidates and "." not in path:
        name = index.spelled(name)
        candidates = [module for module in index.labelled(path, name) if name[:1].isupper()]
    return _found(frame, candidates, name, line)


def _by_list(frame: Frame, index: Index, path: str, call: CallOf) -> Values:
    held = [one for value in call.args[1] if isinstance(value, Items) for one in value.keyed.values()]
    if not held:
        return EMPTY
    found = [[name for name in texts(values) if name.isidentifier()] for values in held]
    loaded_each = [_by_two(frame, index, path, names[0], call.line) if names else EMPTY for names in found]
    if not any(loaded_each):
        return EMPTY
    return (frame.program.container(frame, "[", loaded_each, EMPTY),)


def _found(frame: Frame, modules: Iterable[Module], name: str, line: int) -> Values:
    candidates = list(modules)
    if not 0 < len(candidates) <= _MOST_CANDIDATES:
        return EMPTY
    found = EMPTY
    for module in candidates:
        values = frame.program.module_attribute(frame, module, name)
        if values:
            frame.program.note_dynamic(frame.module, module, line, name)
            found = union(found, values)
    return found
