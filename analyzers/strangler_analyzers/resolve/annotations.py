"""What a type annotation says an object is."""

from __future__ import annotations

from typing import Any

from strangler_analyzers.resolve.contents import contents
from strangler_analyzers.resolve.evaluate import evaluate
from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.values import EMPTY, Class, Ext, Typed, Value, Values, union

# Wrappers that stand for what they hold; the other generic names hold several.
_SAME = frozenset(
    [
        "Optional",
        "Union",
        "Annotated",
        "Final",
        "ClassVar",
        "Required",
        "NotRequired",
        "ReadOnly",
        "Awaitable",
        "Coroutine",
        "Mapped",
        "AsyncContextManager",
        "ContextManager",
        "InitVar",
        "DynamicMapped",
        "WriteOnlyMapped",
    ]
)
_MAPS = frozenset(["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"])
_MANY = frozenset(
    [
        "list",
        "List",
        "tuple",
        "Tuple",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "Sequence",
        "MutableSequence",
        "Iterable",
        "Iterator",
        "Collection",
        "AsyncIterable",
        "AsyncIterator",
        "Generator",
        "AsyncGenerator",
        "deque",
        "Deque",
        "AbstractSet",
        "KeysView",
        "ValuesView",
    ]
)
_CLASSES = frozenset(["type", "Type"])


def annotated(frame: Frame, code: Any) -> Values:
    """Objects of the classes the annotation ``code`` names."""
    if code is None:
        return EMPTY
    tag = code[0]
    if tag in ("n", "."):
        return instances(frame, evaluate(frame, code))
    if tag == "[]":
        return _generic(frame, code)
    if tag == "b" and code[1] == "|":
        return _any_of(frame, code[2])
    return EMPTY


def _any_of(frame: Frame, codes: Any) -> Values:
    found = EMPTY
    for code in codes:
        found = union(found, annotated(frame, code))
    return found


def _generic(frame: Frame, code: Any) -> Values:
    index = code[2]
    inner = index[1] if index is not None and index[0] == "[" else (index,)
    bases = evaluate(frame, code[1])
    name = bases[0].dotted.rpartition(".")[2] if bases and isinstance(bases[0], Ext) else ""
    if name in _SAME:
        return annotated(frame, inner[0]) if name == "Annotated" else _any_of(frame, inner)
    if name in _CLASSES:
        return tuple(value for value in evaluate(frame, inner[0]) if isinstance(value, Class))
    if name in _MAPS:
        return _container(frame, "v", annotated(frame, inner[-1]))
    if name in _MANY:
        held = _any_of(frame, inner) if name in ("tuple", "Tuple") else annotated(frame, inner[0])
        return _container(frame, "[", held)
    return instances(frame, bases)


def _container(frame: Frame, kind: str, held: Values) -> Values:
    return (frame.program.shared_container(kind, held),) if held else EMPTY


# Names of typing that say nothing of what an object can do, and the plain types, whose methods are of no interest.
_SILENT = ("typing.", "<builtin>.", "typing_extensions.", "collections.abc.")


def instances(frame: Frame, classes: Values) -> Values:
    """An object of each of ``classes``."""
    found = EMPTY
    for value in contents(classes):
        one: Value | None = None
        if isinstance(value, Class):
            value.is_made = True
            one = value.instance
        elif isinstance(value, Ext) and not value.dotted.startswith(_SILENT):
            one = frame.program.typed(value)
        elif isinstance(value, Typed):
            one = value
        if one is not None:
            found = union(found, (one,))
    return found
