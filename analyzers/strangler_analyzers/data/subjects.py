"""Which models a value is about: the class at the root of a chain of calls, or handed to one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strangler_analyzers.data.kinds import orm_of
from strangler_analyzers.resolve.attributes import library_member
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.pending import Super
from strangler_analyzers.resolve.values import Class, Const, Instance, Items, Made, Member, Value, Values

# A value that may be about more models than this is about none in particular.
_MOST_SUBJECTS = 4
_DEEPEST = 24
_SHALLOW = 6

_ONE = frozenset(
    [
        "get",
        "first",
        "last",
        "create",
        "latest",
        "earliest",
        "one",
        "one_or_none",
        "scalar_one",
        "scalar_one_or_none",
        "scalar",
        "get_or_404",
        "first_or_404",
        "one_or_404",
        "get_or_none",
        "get_by_id",
        "aget",
        "afirst",
        "alast",
        "acreate",
        "in_bulk",
        "save_as",
        "pop",
        "merge",
    ]
)
# What is handed a model, its columns or a statement about it; any other call is not about what it is handed.
TAKES_MODELS = frozenset(
    (
        "query",
        "select",
        "exec",
        "execute",
        "scalar",
        "scalars",
        "stream",
        "stream_scalars",
        "get",
        "get_one",
        "insert",
        "update",
        "delete",
        "exists",
        "get_object_or_404",
        "aget_object_or_404",
        "get_list_or_404",
        "first_or_404",
        "one_or_404",
        "paginate",
        "Query",
        "subquery",
        "aliased",
        "with_entities",
        "select_from",
        "union",
        "join",
        "outerjoin",
        "prefetch",
        "prefetch_related_objects",
        "Prefetch",
        "model_to_dict",
    )
)
# By these names; a route's ``get("/", response_model=Order)`` takes a model too, and asks no database.
_TAKEN_BY_NAME = frozenset(
    ["clause", "entity", "instance", "klass", "model", "query", "queryset", "select", "statement", "target"]
)
_PAIRS = frozenset(["get_or_create", "update_or_create", "aget_or_create", "aupdate_or_create"])
_OUTSIDE_ONE = ("get_object_or_404", "aget_object_or_404")


def subjects(value: Value, depth: int = 0) -> dict[Class, None]:
    """The model classes ``value`` is about, in the order they are met."""
    found: dict[Class, None] = {}
    _collect(value, found, depth)
    return found if len(found) <= _MOST_SUBJECTS else {}


def _collect(value: Value, found: dict[Class, None], depth: int) -> None:
    step = _STEPS.get(type(value))
    if step is not None and depth <= _DEEPEST:
        step(value, found, depth)


def _from_made(value: Made, found: dict[Class, None], depth: int) -> None:
    _collect(value.callee, found, depth + 1)
    if not found:
        _handed(value, found, depth)


def handed(value: Made) -> list[Class]:
    """The models that a call which takes models is handed."""
    found: dict[Class, None] = {}
    _handed(value, found, 0)
    return list(found) if len(found) <= _MOST_SUBJECTS else []


def _handed(value: Made, found: dict[Class, None], depth: int) -> None:
    if value.instance is not None or value.callee.dotted.rpartition(".")[2] not in TAKES_MODELS:
        return
    named = [values for name, values in value.kwargs.items() if name in _TAKEN_BY_NAME]
    for values in (*value.args, *named):
        for one in values[:_MOST_SUBJECTS]:
            if isinstance(one, Class | Made | Member | Instance):
                _collect(one, found, depth + 4)


def _from_member(value: Member, found: dict[Class, None], depth: int) -> None:
    _collect(value.base, found, depth + 1)


def _from_class(value: Class, found: dict[Class, None], depth: int) -> None:
    if is_model(value):
        found.setdefault(value)


def _from_object(value: Instance, found: dict[Class, None], depth: int) -> None:
    _from_class(value.cls, found, depth)


def _from_super(value: Super, found: dict[Class, None], depth: int) -> None:
    _collect(value.receiver, found, depth + 1)


def _from_items(value: Items, found: dict[Class, None], depth: int) -> None:
    for one in value.all()[:_MOST_SUBJECTS] if depth < _SHALLOW else ():
        _collect(one, found, depth + 4)


_STEPS: dict[type[Any], Callable[[Any, dict[Class, None], int], None]] = {
    Made: _from_made,
    Member: _from_member,
    Class: _from_class,
    Instance: _from_object,
    Super: _from_super,
    Items: _from_items,
}


def is_model(cls: Class) -> bool:
    """Whether ``cls`` is an ORM model."""
    return orm_of(cls) is not None


def result(frame: Frame, made: Made, call: CallOf) -> Values | None:
    """What a query gives, as far as it is objects of a model of the program."""
    name = made.callee.dotted.rpartition(".")[2]
    if name not in _ONE and name not in _PAIRS and name not in _OUTSIDE_ONE:
        return None
    about = subjects(made)
    if not about:
        return None
    objects = tuple(cls.instance for cls in about)
    if name in _PAIRS:
        return (frame.program.container(frame, "[", [objects, ()], ()),)
    return objects


def element(frame: Frame, value: Value) -> Values:
    """What iterating over a query gives."""
    if not isinstance(value, Made | Member):
        return ()
    name = value.dotted.rpartition(".")[2]
    if name in ("values", "values_list"):
        return ()
    return tuple(cls.instance for cls in subjects(value))


def class_member(frame: Frame, made: Made, cls: Class, attr: str) -> Values | None:
    """A column or manager as it is seen on its model: an attribute of the model, whatever else it is."""
    if not is_model(cls):
        return None
    seen = library_member(cls, attr, f"{made.dotted}")
    return (made, seen) if made.instance is not None else (seen,)


_FIELDS_TO_ONE = ("ForeignKey", "OneToOneField", "ForeignKeyField", "ParentalKey", "TreeForeignKey")


def field(frame: Frame, made: Made, receiver: Value) -> Values | None:
    """What a foreign key or relationship declared on a class is on its objects."""
    name = made.callee.dotted.rpartition(".")[2]
    if name not in _FIELDS_TO_ONE and name != "relationship":
        return None
    target = made.args[0] if made.args else made.kwargs.get("to", ())
    found = tuple(value.instance for value in target if isinstance(value, Class))
    found = found or tuple(cls.instance for value in target for cls in _named(frame, made, receiver, value))
    if not found:
        return None
    many = name == "relationship" and bool(made.kwargs.get("uselist"))
    return None if many else found


def _named(frame: Frame, made: Made, receiver: Value, value: Value) -> list[Class]:
    """The model that a text in a field means: ``"self"``, ``"Order"`` beside it, ``"orders.Order"`` anywhere."""
    name = value.value if isinstance(value, Const) and isinstance(value.value, str) else ""
    if name == "self" and isinstance(receiver, Instance):
        return [receiver.cls]
    label, _, last = name.rpartition(".")
    homes = frame.program.index.labelled(label, last) if label else [made.module]
    return [one for home in homes for one in home.env.get(last, ()) if isinstance(one, Class)]
