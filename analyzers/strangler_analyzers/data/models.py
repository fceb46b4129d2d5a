"""Models, their tables, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Model, Reference
from strangler_analyzers.data import django_models, mapped_models, small_orms
from strangler_analyzers.data.declared import declared
from strangler_analyzers.data.kinds import is_declarative_base, orm_of
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.world import argument, text
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.values import Class

_READERS = {"django": django_models, "sqlalchemy": mapped_models, "sqlmodel": mapped_models}
_WITH_BACK_REFERENCES = ("sqlalchemy", "sqlmodel")


class Models:
    """The models of a program by class, and their tables."""

    def __init__(self, world: World) -> None:
        self.orms = {cls: orm for cls in world.classes if (orm := orm_of(cls)) is not None and not _is_root(cls, orm)}
        self.tables: dict[Class, str | None] = {}
        for cls, orm in self.orms.items():
            self.tables[cls] = _reader(orm).table_of(world, cls)
        self.by_table = {table: cls for cls, table in reversed(self.tables.items()) if table}
        self.by_name: dict[str, list[Class]] = {}
        for cls in self.orms:
            self.by_name.setdefault(cls.scope.name, []).append(cls)
        # Django takes the names of models as they come.
        self.by_lower_name: dict[str, list[Class]] = {}
        for cls in (one for one, orm in self.orms.items() if orm == "django"):
            self.by_lower_name.setdefault(cls.scope.name.lower(), []).append(cls)
        self._reverse: dict[str, list[tuple[Class, Class]]] = {}
        self._back: dict[Class, list[Reference]] = {}
        for cls, orm in self.orms.items():
            self._note_reverse(cls)
            if orm in _WITH_BACK_REFERENCES and self.tables[cls]:
                for target, reference in mapped_models.back_references(self, cls):
                    self._back.setdefault(target, []).append(reference)

    def _note_reverse(self, cls: Class) -> None:
        """The names under which other models' objects reach those of ``cls``."""
        for _, made in declared(cls) if self.tables.get(cls) else ():
            tail = made.callee.dotted.rpartition(".")[2]
            if tail.endswith(("ForeignKey", "ForeignKeyField", "ManyToManyField", "OneToOneField", "ParentalKey")):
                name = text(argument(made, -1, "related_name", "backref")) or f"{cls.scope.name.lower()}_set"
                for value in argument(made, 0, "to", "model"):
                    target = value if isinstance(value, Class) else self.named(str(getattr(value, "value", "")), cls)
                    if target is not None:
                        self._reverse.setdefault(name, []).append((target, cls))

    def related(self, cls: Class, name: str) -> Class | None:
        """The model whose objects ``name`` of an object of ``cls`` reaches."""
        order = linearised(cls)[0]
        for target, source in self._reverse.get(name, ()):
            if target in order or cls in linearised(target)[0]:
                return source
        return None

    def records(self, world: World) -> Iterator[Model]:
        """The models of the document, in the order of the source."""
        for cls, orm in self.orms.items():
            reader = _reader(orm)
            table = self.tables[cls]
            references = [self._completed(reference) for reference in reader.references(world, self, cls)]
            references += [one for level in linearised(cls)[0] for one in self._back.get(level, ())]
            bases = [base.ref for base in cls.bases if isinstance(base, Class)]
            yield Model(
                cls=cls.ref,
                orm=orm,
                module=cls.module.name,
                abstract=table is None,
                table=table,
                bases=tuple(bases),
                references=tuple(sorted(set(references), key=lambda one: (one.field, one.kind, one.target or ""))),
                fields=tuple(reader.fields(cls)),
                evidence=(world.evidence(cls.module, cls.scope.line),),
            )

    def _completed(self, reference: Reference) -> Reference:
        """With the table of its target, or the target that has its table."""
        if reference.target is None and reference.target_table in self.by_table:
            cls = self.by_table[reference.target_table]
            return Reference(reference.field, reference.kind, cls.ref, reference.target_table, reference.through)
        if reference.target is not None and reference.target_table is None:
            table = next((self.tables[cls] for cls in self.orms if cls.ref == reference.target), None)
            return Reference(reference.field, reference.kind, reference.target, table, reference.through)
        return reference

    def named(self, name: str, near: Class) -> Class | None:
        """The model called ``name``, or ``app.Name``, or ``package.module.Name``; of several the nearest."""
        path, _, last = name.replace(":", ".").rpartition(".")
        found = self.by_name.get(last) or self.by_lower_name.get(last.lower(), [])
        if path:
            found = [cls for cls in found if _is_in(cls, path)] or found
        same = [cls for cls in found if cls.module is near.module]
        concrete = [cls for cls in found if self.tables.get(cls)]
        ordered = same or concrete or found
        return max(ordered, key=lambda cls: (_shared(cls, near), cls.ref)) if ordered else None


def _is_in(cls: Class, path: str) -> bool:
    return cls.module.name == path or path in cls.module.name.split(".") or cls.module.name.endswith("." + path)


def _shared(cls: Class, near: Class) -> int:
    pairs = zip(cls.module.name.split("."), near.module.name.split("."), strict=False)
    return sum(1 for one, other in pairs if one == other)


def _is_root(cls: Class, orm: str) -> bool:
    """The base all mapped classes share (``class Base(DeclarativeBase)``) is no model itself."""
    if is_declarative_base(cls):
        return True
    return orm in ("sqlalchemy", "sqlmodel") and mapped_models.is_base(cls) and len(linearised(cls)[0]) == 1


def _reader(orm: str):  # type: ignore[no-untyped-def]
    return _READERS.get(orm, small_orms)
