"""Peewee, Tortoise and Pony."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strangler.analysis import Reference
from strangler_analyzers.data.declared import declared
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.world import argument, text
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.values import Class, Const

_KINDS = {
    "ForeignKeyField": "fk",
    "ForeignKeyRelation": "fk",
    "OneToOneField": "o2o",
    "ManyToManyField": "m2m",
    "DeferredForeignKey": "fk",
    "Required": "fk",
    "Optional": "fk",
    "Set": "m2m",
}


def _meta(cls: Class, *names: str) -> str | None:
    for meta in cls.members.get("Meta", ()):
        if isinstance(meta, Class):
            for name in names:
                given = text(meta.members.get(name, ()))
                if given:
                    return given
    return None


def table_of(world: World, cls: Class) -> str | None:
    """The name ``Meta`` gives, or the class's in lower case; a base that declares no field has no table."""
    for meta in cls.members.get("Meta", ()):
        abstract = meta.members.get("abstract", ()) if isinstance(meta, Class) else ()
        if any(isinstance(value, Const) and value.value is True for value in abstract):
            return None
    given = _meta(cls, "table_name", "db_table", "table")
    if given:
        return given
    own = any(name in cls.members for name, _ in declared(cls))
    derived = len(linearised(cls)[0]) > 1
    return cls.scope.name.lower() if own or (derived and not cls.subclasses) else None


def fields(cls: Class) -> list[str]:
    """The names of its fields."""
    return sorted({name for name, made in declared(cls) if made.callee.dotted.endswith(("Field", "Required", "Key"))})


def references(world: World, models: Any, cls: Class) -> Iterator[Reference]:
    """Its foreign keys and many-to-many fields."""
    for name, made in declared(cls):
        kind = _KINDS.get(made.callee.dotted.rpartition(".")[2])
        if kind is None:
            continue
        for value in argument(made, 0, "model", "model_name", "to"):
            target = value if isinstance(value, Class) else None
            if isinstance(value, Const) and isinstance(value.value, str):
                target = cls if value.value == "self" else models.named(value.value, cls)
            if target is not None and target in models.orms:
                yield Reference(name, kind, target.ref, models.tables.get(target))
