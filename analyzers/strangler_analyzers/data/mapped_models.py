"""SQLAlchemy and SQLModel: declarative classes, columns, relationships, association tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strangler.analysis import Reference
from strangler_analyzers.data.declared import declared
from strangler_analyzers.data.kinds import orm_of
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.world import argument, flat, text
from strangler_analyzers.resolve.hierarchy import inherited, linearised
from strangler_analyzers.resolve.values import Class, Const, Func, Instance, Made, Value, Values

_RELATIONS = ("relationship", "Relationship", "RelationshipProperty", "dynamic_loader", "backref")
_COLUMNS = ("Column", "mapped_column", "Field")


def is_base(cls: Class) -> bool:
    """Whether ``cls`` is the declarative base and maps nothing."""
    # A method makes a name for each class that derives, not for the base.
    named = any(not isinstance(value, Func) for value in cls.members.get("__tablename__", ()))
    return not named and not any(_is_column(made) for _, made in declared(cls))


def _is_column(made: Made) -> bool:
    return made.callee.dotted.rpartition(".")[2] in (*_COLUMNS, *_RELATIONS)


def table_of(world: World, cls: Class) -> str | None:
    """``__tablename__`` or ``__table__``, inherited by single-table children; else what the extension derives."""
    if any(isinstance(value, Const) and value.value is True for value in cls.members.get("__abstract__", ())):
        return None
    names = [base.dotted for base in linearised(cls)[1]]
    if any(name.endswith("SQLAlchemy.Model") for name in names):
        return _of_extension(world, cls)
    given = _table_name(cls)
    if given:
        return given
    if any(name.endswith("SQLModel") for name in names):
        is_table = any(getattr(value, "value", None) is True for value in cls.keywords.get("table", ()))
        return cls.scope.name.lower() if is_table else None
    return None


def _of_extension(world: World, cls: Class) -> str | None:
    """Flask-SQLAlchemy's rule: a child that brings no primary key is a row of its parent's table, whatever it says."""
    order = linearised(cls)[0]
    above = ((one, table) for one in order[1:] if is_mapped(one) and (table := table_of(world, one)))
    parent, table = next(above, (None, None))
    inherited = linearised(parent)[0] if parent is not None else []
    own = [made for one in order if one not in inherited for made in _made_in(one)]
    if table and not any(_is_primary(made) for made in own):
        return table
    given = _table_name(cls) if parent is None or "__tablename__" in cls.members else None
    return given or (_snake(cls.scope.name) if own or table else None)


def is_mapped(cls: Class) -> bool:
    """Whether ``cls`` is derived from a declarative base: a mixin is not."""
    return bool(linearised(cls)[1]) and orm_of(cls) is not None


def _made_in(cls: Class) -> list[Made]:
    made = [value for values in cls.members.values() for value in values if isinstance(value, Made)]
    return [one for one in made if _is_column(one)]


def _is_primary(made: Made) -> bool:
    return any(isinstance(value, Const) and value.value is True for value in made.kwargs.get("primary_key", ()))


def _table_name(cls: Class) -> str | None:
    for name in ("__tablename__", "__table__"):
        for value in inherited(cls, name):
            if isinstance(value, Const) and isinstance(value.value, str):
                return value.value
            if isinstance(value, Made) and value.callee.dotted.endswith("Table"):
                return text(argument(value, 0, "name"))
            if isinstance(value, Func):
                return _named_after(cls, value)
    return None


def _named_after(cls: Class, func: Func) -> str:
    """What a method makes of the class's name; a function of one's own is taken to write it in snake case."""
    returned = [code[2] for code in func.scope.code() if code[0] == "r"]
    made = _made_of(returned[-1], cls.scope.name) if returned else None
    return made or text(func.returns.values) or _snake(cls.scope.name)


def _made_of(code: Any, name: str) -> str | None:
    tag = code[0] if isinstance(code, tuple) and code else None
    if tag == "k":
        return code[1] if isinstance(code[1], str) else None
    if tag == "." and code[2] == "__name__":
        return name
    if tag in ("b", "j"):
        parts = [_made_of(part, name) for part in (code[2] if tag == "b" else code[1])]
        return "".join(part for part in parts if part is not None) if None not in parts else None
    if tag != "()" or code[1] is None:
        return None
    _, func, args, _, _ = code
    inner = _made_of(func[1], name) if func[0] == "." and func[2] in ("lower", "upper") else None
    if inner is not None:
        return inner.lower() if func[2] == "lower" else inner.upper()
    given = _made_of(args[0], name) if len(args) == 1 else None
    return _snake(given) if given else None


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


def back_references(models: Any, cls: Class) -> Iterator[tuple[Class, Reference]]:
    """(the other model, what it gets) for each relationship of ``cls`` that gives the other side one too."""
    above = [one for one in linearised(cls)[0][1:] if models.tables.get(one)]
    for name, made in declared(cls):
        # A child's inherited relationships are its parent's to give.
        is_own = not any(name in one.members for parent in above for one in linearised(parent)[0])
        back = _back_name(argument(made, -1, "backref")) if made.callee.dotted.endswith(_RELATIONS) else None
        target = _related(models, cls, name, made) if back and is_own else None
        if back and target is not None:
            secondary = _secondary(argument(made, -1, "secondary"))
            kind = "m2m" if secondary else "relationship"
            yield (target, Reference(back, kind, cls.ref, models.tables.get(cls), secondary))


def _back_name(values: Values) -> str | None:
    """``backref="lines"``, ``backref=backref("lines", …)``."""
    made = next((value for value in values if isinstance(value, Made)), None)
    return text(argument(made, 0, "name")) if made is not None else text(values)


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
