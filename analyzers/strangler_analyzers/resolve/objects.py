"""Objects of the program's classes; those that the body of a module makes, each at its place, are told apart."""

from __future__ import annotations

from collections import defaultdict

from strangler_analyzers.resolve.values import Cell, Class, Func, Instance, Made, Value, Values, union


def instance_of(value: Value) -> Instance | None:
    """The object of a class of the program that ``value`` is."""
    return value.instance if isinstance(value, Made) else value if isinstance(value, Instance) else None


def class_behind(value: Value) -> Value:
    """The class of an object of the program; anything else as it is."""
    instance = instance_of(value)
    return value if instance is None else instance.cls


class Object(Instance):
    """The object that the body of a module makes at one place.

    ``own`` is what was ever assigned to its attributes, ``now`` what they are where the body that made it stands.
    """

    __slots__ = ("maker", "now", "own")

    def __init__(self, cls: Class, maker: Func) -> None:
        super().__init__(cls)
        self.maker = maker
        self.own: defaultdict[str, Cell] = defaultdict(Cell)
        self.now: dict[str, Values] = {}

    def become(self, attr: str, values: Values, *, straight: bool) -> None:
        """Let the attribute be ``values`` from here on, or these too if that is not so on every path."""
        if straight:
            self.now[attr] = values
        elif attr in self.now:
            self.now[attr] = union(self.now[attr], values)


def on_object(func: Func, target: Object) -> Func:
    """The method ``func`` as it runs on just this object; on any of its class when there are too many such."""
    if func.target is not None:
        return func
    found = func.variant(target, target.cls)
    if found is func:
        return func.on(target.cls)
    found.target = target
    return found
