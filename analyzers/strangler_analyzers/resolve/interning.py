"""Makes values, each once: what is the same thing in the source is the same object here."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from typing import Any

from strangler_analyzers.resolve.builtins import NAMES
from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.objects import Object, on_object
from strangler_analyzers.resolve.pending import Generator, Matching, Partial, Property, Super
from strangler_analyzers.resolve.values import (
    EMPTY,
    Bound,
    Cell,
    Class,
    Const,
    Ext,
    Func,
    Items,
    Made,
    Member,
    Module,
    Typed,
    Value,
    Values,
    Wrapped,
    unwrapped,
)


def copied(cell: Cell) -> Cell:
    """Another cell with the same values, and nobody who reads it."""
    found = Cell()
    found.values = cell.values
    return found


class Interned:
    """The values of one program by what they stand for."""

    def __init__(self) -> None:
        # By type first: 1 and True, 0 and False are one key to a dictionary.
        self._constants: dict[type[Any], dict[Any, Values]] = {}
        self._builtins = {name: (Ext(f"<builtin>.{name}"),) for name in NAMES}
        self._outside: dict[str, Ext] = {}
        self._bound: dict[tuple[Func, Value, Func | None], Bound] = {}
        self._wrapped: dict[tuple[Func, Value], Wrapped] = {}
        self._made: dict[tuple[Func, int, int], Made] = {}
        self._items: dict[Any, Items] = {}
        self._held: dict[Value, Items] = {}
        self._defaults: dict[tuple[Items, Any], Items] = {}
        self._members: dict[tuple[Value, str], Member] = {}
        self._typed: dict[Ext, Typed] = {}
        self._supers: dict[tuple[Class, Value], Super] = {}
        self._partials: dict[tuple[Func, int, Value], Partial] = {}
        self._generators: dict[Func, Generator] = {}
        self._objects: dict[tuple[Func, int, Class], Object] = {}
        self._matching: dict[tuple[Value, str], Matching] = {}
        self._properties: dict[tuple[Func, int], Property] = {}

    def builtin(self, name: str) -> Values | None:
        """The builtin called ``name``."""
        return self._builtins.get(name)

    def constant(self, value: Any) -> Values:
        """A text, number or None."""
        if value is None or value == ():
            return EMPTY
        same = self._constants.get(type(value))
        if same is None:
            same = self._constants[type(value)] = {}
        found = same.get(value)
        if found is None:
            found = same[value] = (Const(value),)
        return found

    def outside(self, dotted: str) -> Ext:
        """The outside thing with the absolute name ``dotted``."""
        first, *rest = dotted.split(".")
        found = self._outside.get(first)
        if found is None:
            found = self._outside[first] = Ext(first)
        for part in rest:
            found = found.child(part)
        return found

    def bound(self, func: Func, receiver: Value, original: Func | None = None) -> Bound:
        """The method ``func`` of ``receiver``, followed apart if ``receiver``'s class inherits it."""
        cls = receiver if isinstance(receiver, Class) else getattr(receiver, "cls", None)
        if isinstance(receiver, Made) and receiver.instance is not None:
            cls = receiver.instance.cls
        if isinstance(cls, Class) and func.owner not in (None, cls) and not isinstance(receiver, Object):
            func = func.on(cls)
        if isinstance(receiver, Object) and func.owner is not None:
            func = on_object(func, receiver)
        key = (func, receiver, original)
        found = self._bound.get(key)
        if found is None:
            found = self._bound[key] = Bound(func, receiver, original)
        return found

    def wrapped(self, func: Func, original: Value) -> Wrapped:
        """``original`` inside the decorator's function ``func``."""
        key = (func, original)
        found = self._wrapped.get(key)
        if found is None:
            found = self._wrapped[key] = Wrapped(func, original)
        return found

    def object_of(self, frame: Frame, site: int, cls: Class) -> Object:
        """The object that the call numbered ``site`` of the running body makes of ``cls``, as it is at first."""
        key = (frame.func, site, cls)
        found = self._objects.get(key)
        if found is None:
            found = self._objects[key] = Object(cls, frame.func)
            if cls.general is None:
                cls.general = defaultdict(Cell, {name: copied(cell) for name, cell in cls.attrs.items()})
        found.now = {}
        return found

    def made(self, frame: Frame, site: int, callee: Value) -> Made:
        """What the call numbered ``site`` of the running body gives when it calls ``callee``."""
        key = (frame.func, site, id(callee))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Made(frame.module, frame.func, frame.line, callee)
        return found

    def container(self, frame: Frame, kind: str, known: list[Values], rest: Values, line: int = 0) -> Items:
        """The container made by the running body at its next place, filled anew."""
        frame.sites += 1
        key = (frame.func, frame.sites, kind)
        items = self._items.get(key)
        if items is None:
            items = self._items[key] = Items(frame.func, kind)
            items.line = line or frame.line
        items.keyed = dict(enumerate(known))
        items.rest = EMPTY
        for values in known:
            if values:
                self.flow_into(items, values)
        if rest:
            items.rest = rest
            self.flow_into(items, rest)
        return items

    def is_next(self, frame: Frame, kind: str, among: list[list[Items]]) -> bool:
        """Whether the container the running body makes next is there already, ``among`` what it is made of."""
        following = self._items.get((frame.func, frame.sites + 1, kind))
        return following is not None and any(following in held for held in among)

    def flow_into(self, items: Items, values: Values) -> None:
        """Tell who reads ``items`` of ``values``."""
        raise NotImplementedError

    def shared_container(self, kind: str, held: Values) -> Items:
        """A container known by its type only."""
        key = (kind, held)
        items = self._items.get(key)
        if items is None:
            items = self._items[key] = Items(None, kind)
            items.rest = held
        return items

    def held(self, value: Value, cls: Class, kind: str) -> Items:
        """The container that an object of ``cls`` is; objects that are not told apart are one."""
        found = self._held.get(value)
        if found is None:
            maker = value.by if isinstance(value, Made) else self.body_of(cls.module)
            found = self._held[value] = Items(maker, kind)
        return found

    @abstractmethod
    def body_of(self, module: Module) -> Func:
        """The body of ``module``."""

    def default_item(self, items: Items, key: Any, kind: str) -> Items:
        """The container that ``items`` makes for ``key``."""
        found = self._defaults.get((items, key))
        if found is None:
            found = self._defaults[items, key] = Items(items.maker, kind)
        return found

    def member_of(self, value: Value, attr: str, name: str) -> Member:
        """An attribute of a value that has no attributes of its own."""
        key = (value, attr)
        found = self._members.get(key)
        if found is None:
            found = self._members[key] = Member(value, attr, name)
        return found

    def constant_member(self, value: Value, attr: str) -> Member:
        """A method of a text or container."""
        return self.member_of(value, attr, f"{value.dotted}.{attr}")

    def function_member(self, value: Value, attr: str) -> Member:
        """An attribute something outside gave to a function (``task.delay``)."""
        base = value.func if isinstance(value, Bound) else unwrapped(value)
        return self.member_of(base, attr, f"{base.dotted}.{attr}")

    def typed(self, cls: Ext) -> Typed:
        """An object of the outside class ``cls``."""
        found = self._typed.get(cls)
        if found is None:
            found = self._typed[cls] = Typed(cls)
        return found

    def superior(self, cls: Class, receiver: Value) -> Super:
        """``super()`` in a method of ``cls``."""
        key = (cls, receiver)
        found = self._supers.get(key)
        if found is None:
            found = self._supers[key] = Super(cls, receiver)
        return found

    def partial(self, frame: Frame, site: int, func: Value) -> Partial:
        """``partial(func, …)`` at the call numbered ``site``."""
        key = (frame.func, site, func)
        found = self._partials.get(key)
        if found is None:
            found = self._partials[key] = Partial(func)
        return found

    def generator(self, func: Func) -> Generator:
        """What calling the generator function gives."""
        found = self._generators.get(func)
        if found is None:
            found = self._generators[func] = Generator(func)
        return found

    @property
    def has_properties(self) -> bool:
        """Whether ``property`` was called anywhere."""
        return bool(self._properties)

    def property_of(self, frame: Frame, site: int) -> Property:
        """What the call of ``property`` numbered ``site`` gives."""
        return self._properties.setdefault((frame.func, site), Property())

    def matching(self, receiver: Value, pattern: str) -> Matching:
        """The members of ``receiver`` whose name fits ``pattern``."""
        return self._matching.setdefault((receiver, pattern), Matching(receiver, pattern))
