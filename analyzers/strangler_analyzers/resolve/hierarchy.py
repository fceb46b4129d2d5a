"""The class hierarchy: method resolution order, and where a member comes from."""

from __future__ import annotations

from strangler_analyzers.resolve.values import EMPTY, Class, Func, Value, Values


def linearised(cls: Class) -> tuple[list[Class], list[Value]]:
    """The internal classes of ``cls`` in method resolution order, and its bases from outside."""
    if cls.order is None:
        # A class that derives from itself, through a cycle of imports, stops here.
        cls.order = ([cls], [])
        internal = [base for base in cls.bases if isinstance(base, Class) and base is not cls]
        sequences = [list(linearised(base)[0]) for base in internal] + [list(internal)]
        order = [cls, *_merge(sequences, cls)]
        outside = [base for base in cls.bases if not isinstance(base, Class)]
        for base in order[1:]:
            outside.extend(one for one in base.bases if not isinstance(one, Class) and one not in outside)
        cls.order = (order, outside)
    return cls.order


def _merge(sequences: list[list[Class]], cls: Class) -> list[Class]:
    """C3; where the hierarchy has no consistent order, the first that is left."""
    merged: list[Class] = []
    while sequences := [sequence for sequence in sequences if sequence]:
        tails = {id(item) for sequence in sequences for item in sequence[1:]}
        head = next((sequence[0] for sequence in sequences if id(sequence[0]) not in tails), sequences[0][0])
        if head is not cls:
            merged.append(head)
        sequences = [[item for item in sequence if item is not head] for sequence in sequences]
    return merged


def member(cls: Class, name: str, after: Class | None = None) -> tuple[Class, Values] | None:
    """The class that defines ``name`` for ``cls`` (or after ``after`` in its order), and what it is there."""
    order = linearised(cls)[0]
    start = order.index(after) + 1 if after is not None and after in order else 0
    for one in order[start:] if start else order:
        values = one.members.get(name)
        if values is not None:
            return (one, values)
    return None


def inherited(cls: Class, name: str) -> Values:
    """What ``cls`` has, or inherits from a class of the program, as ``name``; nothing if there is none."""
    found = member(cls, name)
    return found[1] if found is not None else EMPTY


def outside(cls: Class) -> list[Value]:
    """The bases of ``cls``, near or far, that the program does not define."""
    return linearised(cls)[1]


def forget_order(cls: Class) -> None:
    """Compute the order of ``cls`` and of what derives from it anew."""
    pending, seen = [cls], {id(cls)}
    while pending:
        one = pending.pop()
        one.order = None
        for child in one.subclasses:
            if id(child) not in seen:
                seen.add(id(child))
                pending.append(child)


def fields(cls: Class) -> list[str]:
    """The names that the bodies of ``cls`` and its bases declare with a type, those of the bases first."""
    found: dict[str, None] = {}
    for one in reversed(linearised(cls)[0]):
        found.update(one.fields)
    return list(found)


def accessor(cls: Class, name: str, kind: str) -> Func | None:
    """The ``setter`` or ``deleter`` of the property ``name``."""
    for one in linearised(cls)[0]:
        found = one.accessors.get((name, kind))
        if found is not None:
            return found
    return None


def metaclasses(cls: Class) -> list[Class]:
    """The metaclass of ``cls``, if the program defines it: its own, or the nearest of its bases'."""
    for one in linearised(cls)[0]:
        found = [value for value in one.keywords.get("metaclass", ()) if isinstance(value, Class)]
        if found:
            return found
    return []


def is_enum(cls: Class) -> bool:
    """Whether the members of ``cls`` are its objects."""
    return any(base.dotted.startswith("enum.") for base in outside(cls))
