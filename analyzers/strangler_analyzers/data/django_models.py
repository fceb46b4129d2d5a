"""Django's models: table names, foreign keys, many-to-many, generic relations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strangler.analysis import Reference
from strangler_analyzers.data.declared import declared
from strangler_analyzers.data.kinds import orm_of
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.django_labels import label_of_model, labels, meta
from strangler_analyzers.detectors.world import argument, text
from strangler_analyzers.resolve.hierarchy import inherited, linearised
from strangler_analyzers.resolve.values import Class, Const, Ext, Made, Value, Values

_KINDS = {
    "ForeignKey": "fk",
    "OneToOneField": "o2o",
    "ManyToManyField": "m2m",
    "GenericRelation": "generic",
    "TreeForeignKey": "fk",
    "ParentalKey": "fk",
    "ParentalManyToManyField": "m2m",
    "SortedManyToManyField": "m2m",
    "AutoOneToOneField": "o2o",
    "TaggableManager": "m2m",
}


def is_abstract(cls: Class) -> bool:
    """Whether the model has no table."""
    return any(isinstance(value, Const) and value.value is True for value in meta(cls, "abstract"))


def table_of(world: World, cls: Class) -> str | None:
    """``db_table``, or ``label_model``; a proxy has its base's."""
    if is_abstract(cls):
        return None
    if any(isinstance(value, Const) and value.value is True for value in _own_meta(cls, "proxy")):
        return next((table for base in cls.bases if (table := _table_of_base(world, base))), None)
    given = text(_own_meta(cls, "db_table")) or text(_from_abstract(cls, "db_table"))
    if given and "%(" not in given:
        return given
    name = cls.scope.name.lower()
    label = label_of_model(_labels(world), cls)
    if given:
        return given.replace("%(app_label)s", label).replace("%(class)s", name)
    return f"{label}_{name}"


def _table_of_base(world: World, base: Value) -> str | None:
    """The table a proxy stands for; a library's is called as Django calls it by default."""
    if isinstance(base, Class):
        return table_of(world, base) if orm_of(base) == "django" else None
    above, _, last = base.dotted.rpartition(".models.")
    label = above.rpartition(".")[2]
    return f"{label}_{last.rpartition('.')[2].lower()}" if label else None


def _own_meta(cls: Class, name: str) -> Values:
    for inner in cls.members.get("Meta", ()):
        if isinstance(inner, Class):
            for level in linearised(inner)[0]:
                if name in level.members:
                    return level.members[name]
    return ()


def _from_abstract(cls: Class, name: str) -> Values:
    if "Meta" in cls.members:
        return ()
    for base in linearised(cls)[0][1:]:
        if "Meta" in base.members:
            return _own_meta(base, name) if is_abstract(base) else ()
    return ()


def _labels(world: World) -> dict[str, str]:
    found: dict[str, str] | None = world.__dict__.get("django_labels")
    if found is None:
        found = world.__dict__["django_labels"] = labels(world.classes, world.modules)
    return found


def fields(cls: Class) -> list[str]:
    """The names of its fields, inherited ones included."""
    return sorted({name for name, made in declared(cls) if made.callee.dotted.endswith(("Field", "ForeignKey"))})


def references(world: World, models: Any, cls: Class) -> Iterator[Reference]:
    """Its relations to other models; those it inherits from an abstract model too."""
    for name, made in declared(cls):
        kind = next((_KINDS[one] for one in _field_names(made) if one in _KINDS), None)
        if kind is None:
            continue
        target = _target(world, models, cls, _given(world, made, 0, "to"), name)
        through = _target(world, models, cls, _given(world, made, -1, "through"))
        if kind == "m2m" and target is None and through is not None:
            target = _tag_of(world, models, through)
        if target is not None:
            yield Reference(name, kind, target.ref, models.tables.get(target), through.ref if through else None)
        else:
            outside = _outside(world, _given(world, made, 0, "to"))
            yield Reference(name, kind, None, None, through.ref if through else None, outside)
        if through is not None and "TaggableManager" in _field_names(made):
            # Tags hang on the model through rows that name it by its type, which the manager lets it reach.
            yield Reference("tagged_items", "generic", through.ref, models.tables.get(through))
    for base in cls.bases:
        if isinstance(base, Class) and models.tables.get(base) and models.tables[base] != models.tables.get(cls):
            yield Reference(f"{base.scope.name.lower()}_ptr", "o2o", base.ref, models.tables[base])


def _given(world: World, made: Made, place: int, name: str) -> Values:
    """An argument of a field; a field class of the program's own may hand it to the framework's by itself."""
    found = argument(made, place, name)
    if found or made.instance is None:
        return found
    constructed = world.program.noted("constructed", lambda: _constructed(world))
    for func in inherited(made.instance.cls, "__init__"):
        handed = (argument(one, place, name) for one in constructed.get(func.dotted, ()))
        found = next((values for values in handed if values), found)
    return found


def _constructed(world: World) -> dict[str, list[Made]]:
    """What constructors of the program's own hand to those of outside classes, by their names."""
    found: dict[str, list[Made]] = {}
    for event in world.named("__init__"):
        found.setdefault(event.func.dotted, []).append(event.made)
    return found


def _tag_of(world: World, models: Any, through: Class) -> Class | None:
    """The model at the other end of a tagging table: what its foreign key ``tag`` points to."""
    for name, made in declared(through):
        if name == "tag" and made.callee.dotted.endswith("ForeignKey"):
            return _target(world, models, through, argument(made, 0, "to"), name)
    return None


def _field_names(made: Made) -> list[str]:
    """What kind of field was made: its class, and the outside classes that one of the program derives from."""
    outside = linearised(made.instance.cls)[1] if made.instance is not None else []
    return [one.dotted.rpartition(".")[2] for one in (made.callee, *outside)]


def _declarer(models: Any, cls: Class, field: str) -> Class:
    """The model with a table that brings ``field``: a child with a table of its own (or a proxy) has its parent's."""
    order = [one for one in linearised(cls)[0] if models.tables.get(one)]
    holders = [one for one in order if any(field in above.members for above in linearised(one)[0])]
    return holders[-1] if holders else cls


def _target(world: World, models: Any, cls: Class, values: Values, field: str = "") -> Class | None:
    for value in values:
        if isinstance(value, Class):
            return value
        name = _named(world, value)
        if name == "self":
            return _declarer(models, cls, field)
        if name:
            found: Class | None = models.named(name, cls)
            if found is not None:
                return found
    return None


def _outside(world: World, values: Values) -> str | None:
    """What the source calls a target that is a library's: its dotted name, or its label and name."""
    names = (
        value.dotted if isinstance(value, Ext) and not _is_setting(value) else _named(world, value) for value in values
    )
    return next((name for name in names if name), None)


def _is_setting(value: Ext) -> bool:
    return value.dotted.startswith("django.conf.settings.")


def _named(world: World, value: Value) -> str | None:
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Ext) and _is_setting(value):
        setting = value.dotted.rpartition(".")[2]
        for _, module in sorted(world.modules.items()):
            given = text(module.env.get(setting, ()))
            if given and "settings" in module.name:
                return given
        return "auth.User" if setting == "AUTH_USER_MODEL" else None
    return None
