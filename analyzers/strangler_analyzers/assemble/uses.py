"""Uses of tables, by module, function and transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strangler.analysis import Evidence, Model, Table, TableUse
from strangler_analyzers.data.access import Access
from strangler_analyzers.data.declared import declared
from strangler_analyzers.data.mapped_models import association_tables
from strangler_analyzers.data.models import Models
from strangler_analyzers.detectors import World
from strangler_analyzers.resolve.values import Func


@dataclass(frozen=True, slots=True)
class Place:
    """One use of a table."""

    table: str
    module: str
    writes: bool
    evidence: Evidence


class TableUses:
    """Every use of a table, and where fields are declared."""

    def __init__(self, world: World, models: Models, accesses: dict[Func, Access]) -> None:
        self.places = sorted(set(_places(world, accesses)), key=lambda one: (one.table, one.module, one.evidence.line))
        self._lines = {
            (cls.ref, name): made.line
            for cls in models.orms
            for name, made in declared(cls)
            if made.module is cls.module
        }

    def field_line(self, ref: str, name: str) -> int | None:
        """The line that declares a field in the module of its class."""
        return self._lines.get((ref, name))


def _places(world: World, accesses: dict[Func, Access]) -> list[Place]:
    found = []
    for func, access in accesses.items():
        for writes, kept in ((False, access.reads), (True, access.writes)):
            for table, places in kept.items():
                for line, what, _ in places:
                    scope = "sql" if what == "sql" else None
                    evidence = Evidence(func.module.path, line, symbol=None if scope else what, scope=scope)
                    found.append(Place(table, func.module.name, writes, evidence))
    return found


def tables(world: World, models: Models, records: list[Model], uses: TableUses, most: int) -> list[Table]:
    """The tables of the document: of models, of associations, and those only SQL names."""
    owners: dict[str, tuple[str | None, str]] = {}
    for cls, table in models.tables.items():
        if table and (table not in owners or cls is models.by_table[table]):
            owners[table] = (cls.ref, cls.module.name)
    for name, event, _ in association_tables(world):
        owners.setdefault(name, (None, event.func.module.name))
    for name, owner in _many_to_many(records):
        owners.setdefault(name, (None, owner))
    for place in uses.places:
        if place.table not in owners and place.writes and place.evidence.scope == "sql":
            owners[place.table] = (None, place.module)
    found = []
    for name in sorted(owners):
        model, owner = owners[name]
        users = [_users(uses, name, writes, most) for writes in (False, True)]
        found.append(Table(name, model, owner, *users))
    return found


def _many_to_many(records: list[Model]) -> Iterator[tuple[str, str]]:
    """The tables Django makes for many-to-many fields without a model of their own, and who declares them."""
    for model in records:
        for reference in model.references:
            if model.orm == "django" and model.table and reference.kind == "m2m" and not reference.through:
                yield (f"{model.table}_{reference.field}", model.module)


def _users(uses: TableUses, table: str, writes: bool, most: int) -> tuple[TableUse, ...]:
    by_module: dict[str, list[Evidence]] = {}
    for place in uses.places:
        if place.table == table and place.writes is writes:
            by_module.setdefault(place.module, []).append(place.evidence)
    return tuple(TableUse(name, tuple(sorted(set(by_module[name]), key=_order)[:most])) for name in sorted(by_module))


def _order(place: Evidence) -> tuple[str, int, str]:
    return (place.path, place.line, place.symbol or "")
