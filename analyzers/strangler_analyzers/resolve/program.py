"""The abstract run of a whole program: modules first, then functions, then again what has learnt more."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from strangler_analyzers.resolve import definitions
from strangler_analyzers.resolve.annotations import annotated
from strangler_analyzers.resolve.apply import apply
from strangler_analyzers.resolve.arguments import held
from strangler_analyzers.resolve.contents import contents
from strangler_analyzers.resolve.decide import puts_together
from strangler_analyzers.resolve.execute import execute
from strangler_analyzers.resolve.frames import CallOf, Frame, Record
from strangler_analyzers.resolve.hierarchy import member, outside
from strangler_analyzers.resolve.library import Knowledge
from strangler_analyzers.resolve.linking import Linked
from strangler_analyzers.resolve.objects import instance_of
from strangler_analyzers.resolve.pending import Generator
from strangler_analyzers.resolve.targets import assign
from strangler_analyzers.resolve.values import (
    EMPTY,
    MOST_CLASSES_REGISTERED,
    Cell,
    Class,
    Ext,
    Func,
    Items,
    Module,
    Value,
    Values,
    union,
    unwrapped,
)

# How often a body is run again as its parameters learn more: often where the program is small, less where it is big.
_RUNS = 400_000
_FEWEST_RUNS, _MOST_RUNS = 3, 12
# In programs with more scopes, what a loop does to its own next round is left out: it costs a tenth of the whole run.
_SMALL = 5_000
# How deep calls are followed at once; deeper ones wait in the queue.
_DEEPEST = 40
_RECURSION = 200_000


def most_visits(scopes: int) -> int:
    """How often each body may be run in a program of so many."""
    return max(_FEWEST_RUNS, min(_MOST_RUNS, _RUNS // (scopes + 1)))


class Program(Linked):
    """A program being run in the abstract; what it found is in the records of its functions."""

    def __init__(self, modules: Iterable[Module], knowledge: Knowledge) -> None:
        super().__init__(modules, knowledge)
        self.functions: dict[tuple[str, int], Func] = {}
        self.classes: dict[tuple[str, int], Class] = {}
        self._depth = 0
        # What a function that is followed apart defines, by that function: it sees no other's names.
        self._inner: dict[Func, list[Func]] = {}
        self._running: set[Func] = set()
        self.scopes = sum(len(module.facts.scopes) for module in self.table.by_name.values())
        self._most_visits = most_visits(self.scopes)
        self.is_small = self.scopes < _SMALL
        # The special methods that some class defines: what none defines need not be looked for.
        names = {scope.name for module in self.table.by_name.values() for scope in module.facts.scopes}
        self.specials = frozenset([name for name in names if name.startswith("__")])

    def apply(self, frame: Frame, call: CallOf) -> Values:
        """What calling each of ``call.callees`` gives."""
        return apply(frame, call)

    # Running

    def run(self) -> None:
        """Run every module, what frameworks call at the start, then every function.

        It ends when nothing is learnt any more, or each has had its share of runs.
        """
        for name in sorted(self.table.by_name):
            self.run_module(self.table.by_name[name])
        for func in list(self.knowledge.started(self)):
            func.registers = True
            self.visit(func)
        for name in sorted(self.table.by_name):
            self._reach_all(self.table.by_name[name])
        self._drain()

    def _reach_all(self, module: Module) -> None:
        if module.facts.grade != "light":
            for index, scope in enumerate(module.facts.scopes):
                func = self.functions.get((module.name, index))
                if func is None or scope.kind not in ("function", "lambda") or (func.visits and not func.clones):
                    continue
                for one in list(func.variants()):
                    if not one.visits and not _is_run_apart(one):
                        self.visit(one)

    def _drain(self) -> None:
        while self._queue:
            # Who comes to the queue under way waits behind all that are there now.
            for func in list(self._queue):
                # It may have been run since, by one who needed what it gives.
                if func in self._queue:
                    del self._queue[func]
                    self.visit(func)
            if not self._queue:
                for name in sorted(self.table.by_name):
                    self._reach_all(self.table.by_name[name])

    def run_module(self, module: Module) -> None:
        """Run the body of ``module`` if it has not been."""
        if module.stage or module.facts.grade == "light":
            return
        module.stage = 1
        for index, scope in enumerate(module.facts.scopes):
            # Names are there before their definition is run: modules that import each other need them.
            if scope.parent == 0 and scope.kind in ("class", "function"):
                maker = self.class_of if scope.kind == "class" else self._function_of
                module.env.setdefault(scope.name, (maker(module, index),))
        self.visit(self._function_of(module, 0))
        module.stage = 2
        for func in module.functions:
            if func.visits:
                self._queue[func] = None

    def reach(self, func: Func, frame: Frame | None = None) -> None:
        """Run ``func`` now if it never was, so that it is known what it returns.

        While ``frame`` puts the program together, run it again if it was handed something new: what follows
        depends on it.
        """
        if self._depth >= _DEEPEST or func in self._running:
            return
        if not func.visits:
            self.visit(func)
        elif func in self._queue and frame is not None and puts_together(frame.func):
            del self._queue[func]
            self.visit(func)

    def visit(self, func: Func) -> None:
        """Run the body of ``func`` once more."""
        if func.visits >= self._most_visits:
            return
        func.visits += 1
        func.record = Record()
        before = func.env
        env = func.module.env if func.index == 0 else {}
        func.env = env
        frame = Frame(self, func, env)
        self._depth += 1
        self._running.add(func)
        if func.index:
            frame.outers = _outer_names(func)
            self._bind_parameters(frame, func)
            self._enter_decorated(frame, func)
        execute(frame, func.body())
        self._depth -= 1
        self._running.discard(func)
        if func.index and before and before != env:
            self._requeue_nested(func)

    def _requeue_nested(self, func: Func) -> None:
        for other in self._inner.get(func) or [one for one in func.module.functions if one.outer is func]:
            for one in other.variants():
                if one.visits:
                    self._queue[one] = None

    def _bind_parameters(self, frame: Frame, func: Func) -> None:
        receiver = func.owner is not None and func.binding != "static"
        for place, (name, kind, _, annotation, _, _) in enumerate(func.scope.params):
            values = held(frame, func, name, kind)
            if place == 0 and receiver and func.owner is not None:
                cls = func.receiver or func.owner
                own: Value = cls if func.binding == "class" else func.target or cls.instance
                values = union((own,), values)
            elif annotation is not None and kind not in ("var_positional", "var_keyword"):
                values = union(values, annotated(frame, annotation))
            frame.env[name] = frame.given[name] = values

    def _enter_decorated(self, frame: Frame, func: Func) -> None:
        for values in func.decorators:
            self.enter_transaction(frame, values, func.scope.line)

    def enter_transaction(self, frame: Frame, values: Values, line: int) -> None:
        """Note that what follows happens in a transaction, if ``values`` begin one."""
        for value in values:
            kind = self.knowledge.transaction(value) or self._own_transaction(value)
            if kind:
                frame.record.transactions.append((kind, line, frame.transaction))
                frame.transaction = len(frame.record.transactions) - 1
                return

    def _own_transaction(self, value: Value) -> str | None:
        """The program's own context managers: one that begins or commits within is a transaction around its block."""
        func = value.func if isinstance(value, Generator) else None
        instance = instance_of(value)
        if instance is not None:
            defined = member(instance.cls, "__exit__") or member(instance.cls, "__aexit__")
            func = next((one for one in defined[1] if isinstance(one, Func)), None) if defined else None
        if func is None or func.record is None:
            return None
        record: Record = func.record
        if record.transactions:
            return record.transactions[0][0]
        ends = any(event.name.rpartition(".")[2] in ("commit", "begin") for event in record.events)
        ends = ends or any(name in ("commit", "begin") for name, _ in record.unresolved)
        return "session" if ends else None

    # Flow

    def flow(self, cell: Cell, values: Values) -> None:
        """Let ``values`` flow into ``cell``; who has read it is run again."""
        merged = union(cell.values, values)
        if merged is not cell.values:
            cell.values = merged
            for reader in cell.readers:
                self._queue[reader] = None

    def flow_into(self, items: Items, values: Values) -> None:
        """Tell who reads ``items`` of ``values``."""
        self.flow(items.ever, values)

    def keep(self, items: Items, key: Any, values: Values) -> None:
        """Let ``items`` hold ``values`` at ``key``."""
        items.keyed[key] = values
        self.flow(items.ever, values)

    def put(self, items: Items, values: Values) -> None:
        """Put ``values`` into ``items``, nobody knows where; one known by its type only stays as it was declared."""
        if items.maker is None:
            return
        items.rest = union(items.rest, values)
        self.flow(items.ever, values)

    def read(self, frame: Frame, cell: Cell) -> Values:
        """What is in ``cell``; the running body is run again when there is more."""
        cell.readers[frame.func] = None
        return cell.values

    # Definitions

    def _function_of(self, module: Module, index: int) -> Func:
        found = self.functions.get((module.name, index))
        if found is None:
            found = self.functions[module.name, index] = Func(module, index, None, None)
            if index:
                module.functions.append(found)
        return found

    def function(self, frame: Frame, index: int) -> Func:
        """The function or lambda that the running body defines."""
        func = self._function_of(frame.module, index)
        func.owner = frame.cls
        if frame.func.is_apart:
            return self._within(func, frame.func)
        func.outer = frame.func if frame.func.index else None
        return func

    def _within(self, func: Func, outer: Func) -> Func:
        inner = func.within(outer, MOST_CLASSES_REGISTERED)
        known = self._inner.setdefault(outer, [])
        if inner is func:
            func.outer = outer
        elif inner not in known:
            known.append(inner)
        return inner

    def body_of(self, module: Module) -> Func:
        """The body of ``module``."""
        return self._function_of(module, 0)

    def class_of(self, module: Module, index: int) -> Class:
        """The class with this scope."""
        found = self.classes.get((module.name, index))
        if found is None:
            found = self.classes[module.name, index] = Class(module, index)
        return found

    def class_done(self, frame: Frame, cls: Class) -> None:
        """Called after the body of ``cls`` was run."""

    def define_function(self, frame: Frame, index: int) -> None:
        """Run a ``def``."""
        definitions.define_function(frame, index)

    def define_class(self, frame: Frame, index: int) -> None:
        """Run a ``class``."""
        definitions.define_class(frame, index)

    def bind_defaults(self, frame: Frame, func: Func) -> None:
        """Let the defaults of ``func`` flow into its parameters."""
        definitions.bind_defaults(frame, func)

    def assign(self, frame: Frame, target: Any, values: Values) -> None:
        """Let the target expression stand for ``values``."""
        assign(frame, target, values)

    def instances(self, classes: Values) -> Values:
        """An object of each of ``classes``."""
        found = EMPTY
        for value in contents(classes):
            if isinstance(value, Class):
                found = union(found, (value.instance,))
            elif isinstance(value, Ext):
                found = union(found, (self.typed(value),))
        return found

    def declare(self, cls: Class, name: str, values: Values) -> None:
        """Objects of ``cls`` have an attribute ``name`` of this type."""
        if values:
            self.flow(cls.attrs[name], values)
            if cls.general is not None:
                self.flow(cls.general[name], values)

    def special(self, value: Value, name: str) -> Values:
        """The special method ``name`` of an object, if the program defines it."""
        instance = instance_of(value)
        defined = member(instance.cls, name) if instance is not None and name in self.specials else None
        if defined is None:
            return EMPTY
        found = (unwrapped(one) for one in defined[1])
        return tuple(self.bound(func, value) for func in found if isinstance(func, Func))


def _is_run_apart(func: Func) -> bool:
    """Whether ``func`` is only run as what it is followed apart as; by itself it would know less than these.

    So are methods of a class of which no object is made or asked for, but of those that derive from it.
    """
    is_base = func.owner is not None and not func.owner.is_made and not outside(func.owner)
    apart = (one for one in func.variants() if one is not func)
    if not any((is_base or one.is_apart or one.target is not None) and one.visits for one in apart):
        return False
    func.record = func.record or Record()
    return True


def _outer_names(func: Func) -> list[dict[str, Values]]:
    names, outer = [], func.outer
    while outer is not None:
        names.append(outer.env)
        outer = outer.outer
    return names


def resolve(modules: Iterable[Module], knowledge: Knowledge) -> Program:
    """Run the program made of ``modules`` in the abstract."""
    program = Program(modules, knowledge)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        program.run()
    finally:
        sys.setrecursionlimit(limit)
    return program
