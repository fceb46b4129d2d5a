"""What an expression can be. Values are compared by identity: each is made once per program."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from strangler_analyzers.facts import Facts, Scope
from strangler_analyzers.resolve.layout import layout_of

Values = tuple["Value", ...]
EMPTY: Values = ()
# A set of values that grows past this says nothing useful any more; later ones are left out.
MOST_VALUES = 16
# A list of steps or handlers is longer than any choice of values: so many functions and classes are read of one.
MOST_CALLED = 48
# Of a container, so many items are read where it is not known which is meant.
_MOST_READ = 200
# An inherited method is followed apart for each class it runs on, up to this many.
MOST_CLONES = 40
# Functions that register are followed apart for each thing registered; those that register classes even more often.
MOST_REGISTERED = 500
MOST_CLASSES_REGISTERED = 4000


class Value:
    """Something a name may stand for; ``dotted`` is its name as the code's reader would write it."""

    __slots__ = ("dotted",)

    dotted: str


class Cell:
    """A place values flow into; who has read it is run again when it grows.

    ``default`` is what a parameter is when it is left out, ``is_defaulted`` whether it ever was.
    """

    __slots__ = ("default", "is_defaulted", "readers", "values")

    def __init__(self) -> None:
        self.values: Values = EMPTY
        self.default: Values = EMPTY
        self.is_defaulted = False
        self.readers: dict[Any, None] = {}


def union(left: Values, right: Values) -> Values:
    """Both, each once; ``left`` itself if ``right`` adds nothing."""
    if not right or left is right:
        return left
    if not left:
        return right
    if len(left) >= MOST_VALUES:
        return left
    if len(right) == 1:
        return left if right[0] in left else left + right
    new = [value for value in right if value not in left]
    return (*left, *new)[:MOST_VALUES] if new else left


class Module(Value):
    """A module of the program; ``env`` holds what its names stand for at the end of its body."""

    __slots__ = ("env", "facts", "functions", "is_package", "name", "owners", "path", "stage", "state")

    def __init__(self, name: str, path: str, facts: Facts, *, is_package: bool) -> None:
        self.name = name
        self.dotted = name
        self.path = path
        self.facts = facts
        self.is_package = is_package
        self.env: dict[str, Values] = {}
        self.owners: dict[int, Class | Func] = {}
        self.functions: list[Func] = []
        self.stage = 0  # 0 not run, 1 running, 2 run
        self.state: dict[str, int] = {}


class Func(Value):
    """A function or lambda, or the body of a module (scope index 0).

    ``further`` are the arguments its ``*args`` and ``**kwargs`` take, by parameter and place or name. ``handed`` are
    the parameters that it returns as they are, ``made`` what else it returns; ``returns`` is all of it.
    """

    __slots__ = (
        "binding", "clones", "code", "decorators", "env", "further", "handed", "index", "is_called", "is_variant",
        "layout", "made", "module", "outer", "owner", "params", "receiver", "record", "registers", "returns", "scope",
        "target", "visits", "yields",
    )  # fmt: skip

    def __init__(self, module: Module, index: int, owner: Class | None, outer: Func | None) -> None:
        self.module = module
        self.index = index
        self.scope: Scope = module.facts.scopes[index]
        self.dotted = f"{module.name}.{self.scope.qualname}" if index else module.name
        self.layout = layout_of(self.scope)
        self.code: tuple[Any, ...] | None = None
        self.owner = owner
        self.outer = outer
        self.binding = ""
        self.decorators: list[Values] = []
        self.params: defaultdict[str, Cell] = defaultdict(Cell)
        self.further: dict[tuple[str, int | str], Cell] = {}
        self.is_called = False
        self.returns = Cell()
        self.handed: dict[str, None] = {}
        self.made = Cell()
        self.yields = Cell()
        self.env: dict[str, Values] = {}
        self.visits = 0
        self.record: Any = None
        self.receiver: Class | None = None
        self.target: Instance | None = None
        self.clones: dict[Any, Func] = {}
        self.is_variant = self.registers = False

    def on(self, cls: Class) -> Func:
        """This method as it runs on objects of ``cls``, if that inherits it; itself when there are too many such."""
        return self if self.receiver is not None or cls is self.owner else self.variant(cls, cls)

    def given(self, what: tuple[Value, ...], most: int = MOST_CLONES) -> Func:
        """This function as it runs when it is handed just this; itself when there are more than ``most`` such."""
        return self if self.is_variant else self.variant(what, self.receiver, most)

    def within(self, outer: Func, most: int) -> Func:
        """This function as it is defined by ``outer``, whose names it sees; itself when there are too many such."""
        found = self.variant(outer, self.receiver, most)
        if found is not self:
            found.outer = outer
        return found

    def variant(self, key: Any, receiver: Class | None, most: int = MOST_CLONES) -> Func:
        """This function as it is followed apart for ``key``; itself when there are ``most`` such already."""
        found = self.clones.get(key)
        if found is None:
            if len(self.clones) >= most:
                return self
            found = self.clones[key] = Func(self.module, self.index, self.owner, self.outer)
            found.receiver, found.binding, found.decorators = receiver, self.binding, self.decorators
            found.code = self.code
            found.is_variant = isinstance(key, tuple)
            for name, cell in self.params.items():
                found.param(name).default = cell.default
        return found

    def body(self) -> tuple[Any, ...]:
        """The statements of its body; kept, as most bodies are run more than once."""
        if self.code is None:
            self.code = self.scope.code()
        return self.code

    @property
    def is_apart(self) -> bool:
        """Whether it is followed apart for what it, or a function around it, was handed."""
        return self.is_variant or (self.outer is not None and self.outer.is_apart)

    def variants(self) -> Iterator[Func]:
        """Itself and all it is followed apart as."""
        yield self
        for one in self.clones.values():
            yield from one.variants()

    @property
    def ref(self) -> str:
        """``module:qualname``."""
        return f"{self.module.name}:{self.scope.qualname}" if self.index else self.module.name

    def param(self, name: str) -> Cell:
        """What flows into the parameter ``name``."""
        return self.params[name]


class Class(Value):
    """A class; ``members`` is its body's names, ``attrs`` what is assigned to attributes of its instances.

    ``general`` is what is assigned to attributes of objects that are not told apart, once some are;
    ``fields`` are the names its body declares with a type, ``accessors`` the setters and deleters of its properties.
    ``outer_members`` are those that its bases from outside may give it, by whether it or its objects are asked.
    """

    __slots__ = (
        "accessors", "attrs", "bases", "decorators", "fields", "general", "index", "instance", "is_made", "keywords",
        "members", "module", "order", "outer_members", "scope", "subclasses",
    )  # fmt: skip

    def __init__(self, module: Module, index: int) -> None:
        self.module = module
        self.index = index
        self.scope: Scope = module.facts.scopes[index]
        self.dotted = f"{module.name}.{self.scope.qualname}"
        self.bases: list[Value] = []
        self.keywords: dict[str, Values] = {}
        self.decorators: list[Values] = []
        self.members: dict[str, Values] = {}
        self.attrs: defaultdict[str, Cell] = defaultdict(Cell)
        self.general: defaultdict[str, Cell] | None = None
        self.is_made = False
        self.fields: dict[str, None] = {}
        self.accessors: dict[tuple[str, str], Func] = {}
        self.outer_members: dict[tuple[type[Any], str], Member] = {}
        self.subclasses: list[Class] = []
        self.order: tuple[list[Class], list[Value]] | None = None
        self.instance = Instance(self)

    @property
    def ref(self) -> str:
        """``module:qualname``."""
        return f"{self.module.name}:{self.scope.qualname}"


class Instance(Value):
    """Any object of an internal class."""

    __slots__ = ("cls",)

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.dotted = cls.dotted


class Wrapped(Value):
    """``original`` as the program's own decorator hands it back: inside the function ``func``."""

    __slots__ = ("func", "original")

    def __init__(self, func: Func, original: Value) -> None:
        self.func = func
        self.dotted = func.dotted
        self.original = original


def unwrapped(value: Value) -> Value:
    """What is inside all decorators."""
    while isinstance(value, Wrapped):
        value = value.original
    return value


class Bound(Value):
    """A method with its receiver; ``original`` is the method inside its decorators."""

    __slots__ = ("func", "original", "receiver")

    def __init__(self, func: Func, receiver: Value, original: Func | None = None) -> None:
        self.func = func
        self.dotted = func.dotted
        self.receiver = receiver
        self.original = original


_CALLED = frozenset([Func, Class, Bound])


class Ext(Value):
    """A name outside the program: ``flask.Flask``, ``<builtin>.len``."""

    __slots__ = ("children",)

    def __init__(self, dotted: str) -> None:
        self.dotted = dotted
        self.children: dict[str, Ext] = {}

    def child(self, attr: str) -> Ext:
        """The attribute ``attr`` of it."""
        found = self.children.get(attr)
        if found is None:
            found = self.children[attr] = Ext(f"{self.dotted}.{attr}")
        return found


class Typed(Value):
    """An object of an outside class, known by annotation only."""

    __slots__ = ("cls", "members")

    def __init__(self, cls: Ext) -> None:
        self.cls = cls
        self.dotted = cls.dotted
        self.members: dict[str, Member] = {}


class Made(Value):
    """What a call of something outside gave, at one place in the source."""

    __slots__ = ("args", "by", "callee", "instance", "kwargs", "line", "members", "module")

    def __init__(self, module: Module, by: Func, line: int, callee: Value) -> None:
        self.module = module
        self.by = by
        self.line = line
        self.callee = callee
        self.dotted = callee.dotted
        self.args: list[Values] = []
        self.kwargs: dict[str, Values] = {}
        self.instance: Instance | None = None
        self.members: dict[str, Member] = {}


class Member(Value):
    """The attribute ``attr`` of ``base``, whose inside is unknown."""

    __slots__ = ("attr", "base", "members")

    def __init__(self, base: Value, attr: str, dotted: str) -> None:
        self.base = base
        self.attr = attr
        self.dotted = dotted
        self.members: dict[str, Member] = {}


class Const(Value):
    """A text, number, truth value or None."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value
        kind = type(value).__name__
        self.dotted = f"<**Py{kind.capitalize()}**>"


class Items(Value):
    """A container made at one place: ``keyed`` by constant key or index, ``rest`` for what has neither.

    ``ever`` is all that was ever put in, so that those who read it learn of more; ``factory`` makes what is asked for
    and not there.
    """

    __slots__ = ("ever", "factory", "keyed", "kind", "line", "maker", "rest")

    def __init__(self, maker: Any, kind: str) -> None:
        self.maker = maker
        self.kind = kind
        self.dotted = "<**PyDict**>" if kind == "d" else "<**PyList**>"
        self.keyed: dict[Any, Values] = {}
        self.rest: Values = EMPTY
        self.ever = Cell()
        self.factory: Values = EMPTY
        self.line = 0

    def in_order(self) -> list[Values]:
        """What stands at the places that are known, in their order."""
        return [self.keyed[place] for place in sorted(key for key in self.keyed if isinstance(key, int))]

    def all(self) -> Values:
        """Every value it may hold."""
        found = self.rest
        for values in itertools.islice(self.keyed.values(), _MOST_READ):
            if len(found) < MOST_VALUES:
                found = union(found, values)
            elif len(found) < MOST_CALLED:
                found += tuple([value for value in values if type(value) in _CALLED and value not in found])
        return found
