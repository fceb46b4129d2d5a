"""What stands for a callable that has not run yet, or is looked up later: generators, ``super()``, partials."""

from __future__ import annotations

from strangler_analyzers.resolve.values import Class, Func, Value, Values


class Generator(Value):
    """What calling a generator function gives."""

    __slots__ = ("func",)

    def __init__(self, func: Func) -> None:
        self.func = func
        self.dotted = func.dotted


class Super(Value):
    """``super()`` in a method: looks after ``cls`` in the order of ``receiver``'s class."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: Class, receiver: Value) -> None:
        self.cls = cls
        self.receiver = receiver
        self.dotted = "?"


class Partial(Value):
    """A callable with some arguments given already."""

    __slots__ = ("args", "func", "kwargs")

    def __init__(self, func: Value) -> None:
        self.func = func
        self.dotted = func.dotted
        self.args: list[Values] = []
        self.kwargs: dict[str, Values] = {}


class Property(Value):
    """``property(get, set, delete)``."""

    __slots__ = ("parts",)

    def __init__(self) -> None:
        self.parts: dict[str, Values] = {}
        self.dotted = "<builtin>.property"


class Matching(Value):
    """``getattr(receiver, "visit_" + name)``: whichever member's name fits; ``{}`` is where anything may stand."""

    __slots__ = ("pattern", "receiver")

    def __init__(self, receiver: Value, pattern: str) -> None:
        self.receiver = receiver
        self.pattern = pattern
        self.dotted = f"{receiver.dotted}.{pattern}"
