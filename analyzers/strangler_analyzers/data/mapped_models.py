"""SQLAlchemy and SQLModel: declarative classes, columns, relationships, association tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strangler.analysis import Reference
from strangler_analyzers.data.declared import declared
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.world import argument, flat, text
from strangler_analyzers.resolve.hierarchy import linearised, member
from strangler_analyzers.resolve.values import Class, Const, Func, Instance, Made, Value, Values

_RELATIONS = ("relationship", "Relationship", "RelationshipProperty", "dynamic_loader", "backref")
_COLUMNS = ("Column", "mapped_column", "Field")


def is_base(cls: Class) -> bool:
    """Whether ``cls`` is the declarative base and maps nothing."""
    return "__tablename__" not in cls.members and not any(_is_column(made) for _, made in declared(cls))


def _is_column(made: Made) -> bool:
    return made.callee.dotted.rpartition(".")[2] in (*_COLUMNS, *_RELATIONS)


def table_of(world: World, cls: Class) -> str | None:
    """``__tablename__`` or ``__table__``, inherited by single-table children; else what the extension derives."""
    if any(isinstance(value, Const) and value.value is True for value in cls.members.get("__abstract__", ())):
        return None
    given = _table_name(cls)
    if given:
        return given
    names = [base.dotted for base in linearised(cls)[1]]
    if any(name.endswith("SQLModel") for name in names):
        is_table = any(getattr(value, "value", None) is True for value in cls.keywords.get("table", ()))
        return cls.scope.name.lower() if is_table else None
    if any(name.endswith("SQLAlchemy.Model") for name in names):
        return _snake(cls.scope.name) if any(_is_column(made) for _, made in declared(cls)) else None
    return None


def _table_name(cls: Class) -> str | None:
    for name in ("__tablename__", "__table__"):
        found = member(cls, name)
        for value in found[1] if found else ():
            if isinstance(value, Const) and isinstance(value.value, str):
                return value.value
            if isinstance(value, Made) and value.callee.dotted.endswith("Table"):
                return text(argument(value, 0, "name"))
            if isinstance(value, Func):
                return text(value.returns.values) or _snake(cls.scope.name)
    return None


def _snake(name: str) -> str:
    pieces = []
    for place, sign in enumerate(name):
        following = name[place + 1 : place + 2]
        if place and sign.isupper() and (not name[place - 1].isupper() or following.islower()):
            pieces.append("_")
        pieces.append(sign.lower())
    return "".join(pieces)


def fields(cls: Class) -> list[str]:
    """The names of its columns."""
    return sorted({name for name, made in declared(cls) if made.callee.dotted.rpartition(".")[2] in _COLUMNS})


def references(world: World, models: Any, cls: Class) -> Iterator[Reference]:
    """Its foreign keys and relationships."""
    for name, made in declared(cls):
        tail = made.callee.dotted.rpartition(".")[2]
        if tail in _RELATIONS:
            target = _related(models, cls, name, made)
            secondary = _secondary(argument(made, -1, "secondary"))
            kind = "m2m" if secondary else "relationship"
            yield Reference(name, kind, target.ref if target else None, models.tables.get(target), secondary)
        else:
            for table in foreign_tables(made):
                yield Reference(name, "fk", None, table)


def foreign_tables(made: Made) -> list[str]:
    """The tables that a column's ``ForeignKey("table.column")`` names."""
    found = []
    for value in flat([one for values in (*made.args, *made.kwargs.values()) for one in values]):
        if isinstance(value, Made) and value.callee.dotted.endswith("ForeignKey"):
            target = text(argument(value, 0, "column"))
            if target:
                found.append(target.rpartition(".")[0] or target)
        elif isinstance(value, Made) and value.callee.dotted.endswith("ForeignKeyConstraint"):
            found.extend(one.rpartition(".")[0] for one in _all_texts(argument(value, 1, "refcolumns")))
    key = text(made.kwargs.get("foreign_key", ()))
    return [*found, key.rpartition(".")[0]] if key else found


def _all_texts(values: Values) -> list[str]:
    return [one.value for one in flat(values) if isinstance(one, Const) and isinstance(one.value, str)]


def _secondary(values: Values) -> str | None:
    for value in values:
        if isinstance(value, Made):
            return text(argument(value, 0, "name"))
        if isinstance(value, Const) and isinstance(value.value, str):
            return value.value
        if isinstance(value, Class):
            return _table_name(value)
    return None


def _related(models: Any, cls: Class, name: str, made: Made) -> Class | None:
    for value in argument(made, 0, "argument"):
        target = _class_of(models, cls, value)
        if target is not None:
            return target
    for one in linearised(cls)[0]:
        cell = one.attrs.get(name)
        for value in flat(cell.values) if cell else ():
            if isinstance(value, Instance) and value.cls in models.orms:
                return value.cls
    annotated = _annotated_names(cls, name)
    return next((found for text in annotated if (found := models.named(text, cls)) is not None), None)


def _class_of(models: Any, cls: Class, value: Value) -> Class | None:
    if isinstance(value, Class):
        return value
    if isinstance(value, Const) and isinstance(value.value, str):
        found: Class | None = models.named(value.value, cls)
        return found
    if isinstance(value, Func):
        return next((one for one in value.returns.values if isinstance(one, Class)), None)
    return None


def _annotated_names(cls: Class, name: str) -> list[str]:
    """The names in the annotation of ``name``: those under ``TYPE_CHECKING`` are not run, but say the class."""
    for one in linearised(cls)[0]:
        for code in one.scope.code():
            if code[0] == ":" and code[2] == ("n", name):
                return _names(code[3])
    return []


def _names(code: Any) -> list[str]:
    if not isinstance(code, tuple):
        return []
    if code[:1] == ("n",):
        return [code[1]]
    if code[:1] == ("k",) and isinstance(code[1], str):
        inner = code[1].replace("[", " ").replace("]", " ").replace(",", " ").replace("|", " ").replace("'", " ")
        return [part for part in inner.replace('"', " ").split() if part.isidentifier()]
    return [name for part in code for name in _names(part)]


def association_tables(world: World) -> Iterator[tuple[str, Any, list[str]]]:
    """(name, the call that made it, tables it refers to) of ``Table("name", metadata, …)`` outside classes."""
    for event in world.named("Table"):
        name = text(argument(event.made, 0, "name"))
        if name and event.name.startswith(("sqlalchemy", "flask_sqlalchemy")):
            columns = [one for values in event.made.args[2:] for one in values if isinstance(one, Made)]
            yield (name, event, [table for column in columns for table in foreign_tables(column)])
