"""One run of one body: its names, where it stands, and what it has done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from strangler_analyzers.resolve.objects import Object
from strangler_analyzers.resolve.values import EMPTY, Class, Func, Module, Value, Values, union

# A body around (or its module) and a name of it → what it was made to stand for, and whether on every path.
Effects = dict[tuple[Value, str], tuple[Values, bool]]


class Site(NamedTuple):
    """A call of something inside the program."""

    callee: Value
    line: int
    in_loop: bool
    transaction: int
    passes: tuple[tuple[str, Values], ...]
    confidence: str
    # Reached through the program's own decorators: not called at this place, but meant by it.
    through: bool = False


class Event(NamedTuple):
    """A call of something outside the program, as detectors see it."""

    name: str
    made: Any
    func: Func
    line: int
    in_loop: bool
    transaction: int


@dataclass(slots=True)
class Record:
    """What a body does; made anew on each run of it."""

    calls: list[Site] = field(default_factory=list)
    outside: dict[str, int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    raises: list[tuple[Values, int]] = field(default_factory=list)
    uses: list[tuple[Value, int]] = field(default_factory=list)
    writes: list[tuple[Value, str, Values, int, int]] = field(default_factory=list)
    mutates: dict[str, int] = field(default_factory=dict)
    state_reads: dict[tuple[str, str], int] = field(default_factory=dict)
    state_writes: dict[tuple[str, str], int] = field(default_factory=dict)
    transactions: list[tuple[str, int, int]] = field(default_factory=list)
    texts: list[tuple[str, int, int]] = field(default_factory=list)
    holds: dict[tuple[str, str], int] = field(default_factory=dict)
    unresolved: list[tuple[str, int]] = field(default_factory=list)
    effects: Effects = field(default_factory=dict)

    def marks(self) -> list[int]:
        """How long each list of it is."""
        return [len(one) for one in self._lists()]

    def forget(self, marks: list[int]) -> None:
        """Forget what was done since the lists were so long: it is about to be done again."""
        for one, mark in zip(self._lists(), marks, strict=True):
            del one[mark:]

    def _lists(self) -> tuple[list[Any], ...]:
        done = (self.calls, self.events, self.raises, self.uses, self.writes)
        return (*done, self.transactions, self.texts, self.unresolved)


@dataclass(slots=True)
class CallOf:
    """A call about to be made; ``site`` numbers it within its body, ``quiet`` keeps it out of the record.

    ``rest`` is what ``*values`` of unknown length holds, beyond the one that is among the arguments.
    """

    callees: Values
    args: list[Values]
    kwargs: dict[str, Values]
    line: int
    site: int
    rest: Values = EMPTY
    quiet: bool = False


_NO_NAMES: frozenset[str] = frozenset()


class Frame:
    """A run of the body of ``func``, or of a class body within it."""

    __slots__ = (
        "branch",
        "cls",
        "ended",
        "env",
        "func",
        "given",
        "globals",
        "line",
        "loops",
        "module",
        "nonlocals",
        "outers",
        "program",
        "record",
        "sites",
        "transaction",
        "unrolled",
    )  # fmt: skip

    def __init__(self, program: Any, func: Func, env: dict[str, Values], cls: Class | None = None) -> None:
        self.program = program
        self.func = func
        self.module: Module = func.module
        self.env = env
        self.cls = cls
        self.record: Record = func.record
        self.given: dict[str, Values] = {}
        self.globals: frozenset[str] = _NO_NAMES
        self.nonlocals: frozenset[str] = _NO_NAMES
        self.outers: list[dict[str, Values]] = []
        self.line = func.scope.line
        self.loops = 0
        # How many of the loops around are gone through round by round.
        self.unrolled = 0
        self.branch = 0
        self.sites = 0
        self.transaction = -1
        self.ended = False

    def next_site(self) -> int:
        """The number of the next call or container of this body."""
        self.sites += 1
        return self.sites

    def lookup(self, name: str) -> Values:
        """What ``name`` stands for when it is no name of this body."""
        for env in self.outers:
            found = env.get(name)
            if found is not None:
                return found
        module = self.module
        if name in module.state and self.func.index:
            self.record.state_reads.setdefault((module.name, name), self.line)
        found = module.env.get(name)
        if found is not None:
            if name.isupper():
                self.record.holds.setdefault(("name", name), self.line)
            return found
        return self.program.builtin(name) or EMPTY

    def bind(self, name: str, values: Values) -> None:
        """Let ``name`` stand for ``values`` from here on."""
        if name in self.globals:
            env = self.module.env
            env[name] = union(env.get(name, EMPTY), values)
            self.module.state.setdefault(name, self.line)
            self.record.state_writes.setdefault((self.module.name, name), self.line)
            self.note_effect(self.module, name, values)
        elif name in self.nonlocals:
            self._bind_outside(name, values)
        else:
            self.env[name] = values

    def _bind_outside(self, name: str, values: Values) -> None:
        """Let the name of a function around stand for ``values`` too."""
        outer = self.func.outer
        while outer is not None and name not in outer.env:
            outer = outer.outer
        if outer is not None:
            outer.env[name] = union(outer.env[name], values)
            self.note_effect(outer, name, values)

    def note_effect(self, holder: Value, name: str, values: Values) -> None:
        """Note that a name of a body around now stands for ``values``."""
        certain = not self.branch and not self.loops
        old = self.record.effects.get((holder, name))
        if old is not None and not certain:
            values, certain = union(old[0], values), old[1]
        self.record.effects[holder, name] = (values, certain)

    def take_effects(self, effects: Effects) -> None:
        """What a body that was just called did to the names of this one, and of those around it."""
        for (holder, name), (values, certain) in effects.items():
            straight = certain and not self.branch and not self.loops
            if isinstance(holder, Object) and holder.maker is self.func:
                holder.become(name, values, straight=straight)
                continue
            is_ours = holder is self.func or (holder is self.module and not self.func.index)
            if is_ours and self.cls is None:
                self.env[name] = values if straight else union(self.env.get(name, EMPTY), values)
            elif holder is not self.func:
                was = self.record.effects.get((holder, name), (EMPTY, False))
                self.record.effects[holder, name] = (values if straight else union(was[0], values), straight or was[1])
