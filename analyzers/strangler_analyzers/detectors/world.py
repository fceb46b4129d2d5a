"""What detectors look at: the records of an abstract run, in a stable order, with the means to name things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from strangler.analysis import Evidence
from strangler_analyzers.resolve import Program
from strangler_analyzers.resolve.frames import Event, Record
from strangler_analyzers.resolve.hierarchy import inherited, linearised
from strangler_analyzers.resolve.pending import Partial
from strangler_analyzers.resolve.values import (
    Bound,
    Class,
    Const,
    Func,
    Instance,
    Items,
    Made,
    Member,
    Module,
    Value,
    Values,
    unwrapped,
)

# Module → name → the ref or module it stands for; None where it is something else, or nothing that is known.
Names = dict[str, dict[str, str | None]]


class World:
    """A program after its abstract run."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.modules: dict[str, Module] = program.table.by_name

    @cached_property
    def functions(self) -> list[Func]:
        """Every function that was run (module bodies too), in the order of the source."""
        keys = sorted(self.program.functions)
        return [self.program.functions[key] for key in keys if self.program.functions[key].record is not None]

    @cached_property
    def classes(self) -> list[Class]:
        """Every class that was run, in the order of the source."""
        return [self.program.classes[key] for key in sorted(self.program.classes)]

    @cached_property
    def names(self) -> Names:
        """The names at the top of every module, and where what they stand for is defined."""
        return {
            name: {symbol: _home(values) for symbol, values in module.env.items()}
            for name, module in self.modules.items()
        }

    @cached_property
    def events(self) -> list[Event]:
        """Every call of something outside, in the order of the source."""
        return [event for func in self.functions for record in self.records(func) for event in record.events]

    @cached_property
    def by_tail(self) -> dict[str, list[Event]]:
        """The events by the last part of what is called."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.name.rpartition(".")[2], []).append(event)
        return found

    def named(self, *tails: str) -> Iterator[Event]:
        """The events whose callee's last part is one of ``tails``, in the order of the source per tail."""
        for tail in tails:
            yield from self.by_tail.get(tail, ())

    def records(self, func: Func) -> Iterator[Record]:
        """What ``func`` did, on each class it was followed apart for."""
        for one in func.variants():
            if one.record is not None:
                yield one.record

    def decorators(self, func: Func) -> Iterator[Value]:
        """What ``func`` is decorated with, wherever it was defined: a function within another is anew each time."""
        seen: set[Value] = set()
        for one in func.variants():
            for value in (value for values in one.decorators for value in values if value not in seen):
                seen.add(value)
                yield value

    def evidence(self, module: Module, line: int, symbol: str | None = None) -> Evidence:
        """A place in the source."""
        return Evidence(module.path, line, symbol=symbol)

    def derived(self, *bases: str) -> Iterator[Class]:
        """The classes that derive from an outside class with one of these names (or ends of names)."""
        for cls in self.classes:
            if any(base.dotted.endswith(bases) for base in linearised(cls)[1]):
                yield cls


def _home(values: Values) -> str | None:
    for value in values:
        if isinstance(value, Func | Class) and (ref := ref_of(value)) is not None:
            return ref
        if isinstance(value, Module):
            return value.name
    return None


def ref_of(value: Value) -> str | None:
    """Where ``value`` is defined, if it is a function, method or class of the program; inside its decorators."""
    value = unwrapped(value)
    if isinstance(value, Func):
        return value.ref if value.index else None
    if isinstance(value, Bound):
        return (value.original or value.func).ref
    if isinstance(value, Class):
        return value.ref
    if isinstance(value, Instance):
        return value.cls.ref
    return ref_of(value.func) if isinstance(value, Partial) else None


def text(values: Values) -> str | None:
    """The first text among ``values``."""
    return next((value.value for value in values if isinstance(value, Const) and isinstance(value.value, str)), None)


def texts(values: Values) -> list[str]:
    """The texts among ``values`` and in the containers among them."""
    return [value.value for value in flat(values) if isinstance(value, Const) and isinstance(value.value, str)]


def said(cls: Class, name: str) -> str | None:
    """The text that ``cls`` has, or inherits, as ``name``."""
    return text(inherited(cls, name))


def argument(made: Made, place: int, *names: str) -> Values:
    """What a call was given at ``place``, or by one of ``names``."""
    for name in names:
        if name in made.kwargs:
            return made.kwargs[name]
    return made.args[place] if 0 <= place < len(made.args) else ()


def flat(values: Iterable[Value]) -> list[Value]:
    """The values, with those inside containers instead of these, in order; one that holds itself is opened once."""
    found: list[Value] = []
    opened: set[Items] = set()
    pending = list(values)[::-1]
    while pending:
        value = pending.pop()
        if not isinstance(value, Items):
            found.append(value)
        elif value not in opened:
            opened.add(value)
            pending.extend(_in_order(value)[::-1])
    return found


def _in_order(items: Items) -> list[Value]:
    """What ``items`` holds: by place, then by name, then the rest."""
    names = sorted((key for key in items.keyed if not isinstance(key, int)), key=str)
    return [value for held in (*items.in_order(), *map(items.keyed.__getitem__, names), items.rest) for value in held]


def root(value: Value) -> Value:
    """What a chain of attributes and calls starts at."""
    seen = 0
    while isinstance(value, Made | Member) and seen < 200:
        inner = value.callee if isinstance(value, Made) else value.base
        if isinstance(value, Made) and not isinstance(inner, Made | Member):
            return value
        value, seen = inner, seen + 1
    return value
