"""Which function reads or writes which table, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from strangler_analyzers.data import sql
from strangler_analyzers.data.models import Models
from strangler_analyzers.data.subjects import handed
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.mounts import receiver_of
from strangler_analyzers.resolve.frames import Event, Record
from strangler_analyzers.resolve.values import Class, Func, Instance, Items, Made, Member, Value, Values

_WRITES = frozenset(
    [
        "create",
        "update",
        "delete",
        "save",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
        "acreate",
        "aupdate",
        "adelete",
        "asave",
        "aget_or_create",
        "aupdate_or_create",
        "abulk_create",
        "abulk_update",
        "add",
        "add_all",
        "merge",
        "bulk_save_objects",
        "insert",
        "insert_many",
        "replace",
        "upsert",
        "delete_instance",
        "remove",
        "set",
        "clear",
        "bulk_insert_mappings",
        "bulk_update_mappings",
        "create_or_update",
        "insert_from_select",
        "expunge_delete",
    ]
)
_SESSION_WRITES = frozenset(
    ["add", "add_all", "merge", "delete", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"]
)
_OBJECT_METHODS = frozenset("save delete asave adelete refresh_from_db arefresh_from_db delete_instance".split())  # noqa: SIM905
_UNIT_OF_WORK = ("sqlalchemy", "sqlmodel", "pony")
_RUNS = ("execute", "exec", "scalar", "scalars")
_CHANGES = (".insert", ".update", ".delete")
_LONGEST_CHAIN = 60
_STATEMENTS = frozenset(["insert", "update", "delete"])
_SILENT = frozenset(
    [
        "field",
        "relationship",
        "Column",
        "mapped_column",
        "ForeignKey",
        "as_view",
        "register",
        "site",
        "connect",
        "receiver",
        "refresh_from_db",
        "full_clean",
        "clean_fields",
        "__init__",
        "DoesNotExist",
        "MultipleObjectsReturned",
        "super",
        "using",
    ]
)


@dataclass(slots=True)
class Access:
    """One function's use of tables: table → (line, what was called, transaction) of each place."""

    reads: dict[str, list[tuple[int, str, int]]] = field(default_factory=dict)
    writes: dict[str, list[tuple[int, str, int]]] = field(default_factory=dict)


def accesses(world: World, models: Models) -> dict[Func, Access]:
    """What each function does to the tables of the program."""
    found: dict[Func, Access] = {}
    for func in world.functions:
        access = Access()
        for one in func.variants():
            # What a helper does to a model it is handed is done by who hands it over.
            if one.record is not None and not one.is_variant:
                _from_record(models, one.record, access, in_function=bool(func.index))
                _from_helpers(models, one.record, access)
        if access.reads or access.writes:
            found[func] = access
    return found


def _from_helpers(models: Models, record: Record, access: Access) -> None:
    for site in record.calls:
        helper = site.callee
        if isinstance(helper, Func) and helper.is_variant and helper.record is not None:
            inner = Access()
            _from_record(models, helper.record, inner, in_function=True)
            for kept, places in ((access.reads, inner.reads), (access.writes, inner.writes)):
                for table in places:
                    _note(kept, table, site.line, helper.scope.name, site.transaction)


def _from_record(models: Models, record: Record, access: Access, *, in_function: bool) -> None:
    if in_function:
        for event in record.events:
            _from_event(models, event, access)
        for owner, attr, _, line, transaction in record.writes:
            _from_assignment(models, owner, attr, line, transaction, access)
    for text, line, transaction in record.texts:
        statement = sql.tables_in(text)
        if statement is not None:
            for table in statement.reads:
                _note(access.reads, table, line, "sql", transaction)
            for table in statement.writes:
                _note(access.writes, table, line, "sql", transaction)


def _note(kept: dict[str, list[tuple[int, str, int]]], table: str, line: int, what: str, transaction: int) -> None:
    places = kept.setdefault(table, [])
    if all(line != other for other, _, _ in places):
        places.append((line, what, transaction))


def _from_event(models: Models, event: Event, access: Access) -> None:
    tail = event.name.rpartition(".")[2]
    if tail in _SILENT or not isinstance(event.made, Made):
        return
    for table, writes in _tables(models, event.made, tail, event.name):
        kept = access.writes if writes else access.reads
        _note(kept, table, event.line, tail, event.transaction)


def _tables(models: Models, made: Made, tail: str, name: str) -> Iterator[tuple[str, bool]]:
    receiver = receiver_of(made)
    if tail in _SESSION_WRITES and receiver is not None and _origin(models, receiver) is None:
        for cls in _handed(made):
            table = models.tables.get(cls)
            if table:
                yield (table, True)
        return
    writes = (tail in _WRITES and _may_write(made, tail, name)) or (tail in _RUNS and _runs_a_change(made))
    for cls in _origin(models, made) or ():
        table = models.tables.get(cls)
        if table:
            yield (table, writes)


def _runs_a_change(made: Made) -> bool:
    """Whether the statement handed to ``execute`` begins with ``insert``, ``update`` or ``delete``."""
    for value in made.args[0] if made.args else ():
        for _ in range(_LONGEST_CHAIN):
            if isinstance(value, Made):
                if value.callee.dotted.startswith("sqlalchemy") and value.callee.dotted.endswith(_CHANGES):
                    return True
                value = value.callee
            elif isinstance(value, Member):
                value = value.base
            else:
                break
    return False


def _origin(models: Models, value: Value) -> list[Class] | None:
    """The models a chain of calls starts at; None if it is no query."""
    chain: list[str] = []
    for _ in range(_LONGEST_CHAIN):
        if isinstance(value, Made) and value.instance is None:
            about = handed(value)
            if about:
                return about
            value = value.callee
        elif isinstance(value, Member):
            chain.append(value.attr)
            value = value.base
        else:
            break
    if isinstance(value, Class) and value in models.orms:
        return [value] if models.orms[value] not in _UNIT_OF_WORK or chain[-1:] == ["query"] else None
    if isinstance(value, Instance) and value.cls in models.orms and chain:
        return _of_object(models, value.cls, chain)
    return None


def _of_object(models: Models, cls: Class, chain: list[str]) -> list[Class] | None:
    """``order.save()``; ``order.lines.all()``, which is about what is related."""
    if len(chain) == 1:
        return [cls] if chain[0] in _OBJECT_METHODS and models.orms[cls] not in _UNIT_OF_WORK else None
    related = models.related(cls, chain[-1])
    return [related] if related is not None else None


def _handed(made: Made) -> Iterator[Class]:
    """The models whose objects a session is handed."""
    for values in made.args:
        for value in _spread(values):
            if isinstance(value, Instance):
                yield value.cls
            elif isinstance(value, Made) and value.instance is not None:
                yield value.instance.cls


def _spread(values: Values) -> Iterator[Value]:
    for value in values:
        if isinstance(value, Items):
            yield from value.all()
        else:
            yield value


def _may_write(made: Made, tail: str, name: str) -> bool:
    """``insert(Model)`` of SQLAlchemy is a function; elsewhere these are methods of managers, queries, objects."""
    if tail in _STATEMENTS and not isinstance(made.callee, Member):
        return name.startswith(("sqlalchemy", "sqlmodel"))
    return isinstance(made.callee, Member)


def _from_assignment(models: Models, owner: Value, attr: str, line: int, transaction: int, access: Access) -> None:
    """SQLAlchemy's unit of work writes what is assigned to an object; Django's objects wait for ``save``."""
    if isinstance(owner, Instance) and models.orms.get(owner.cls) in ("sqlalchemy", "sqlmodel", "pony"):
        table = models.tables.get(owner.cls)
        if table and (attr in owner.cls.members or attr in owner.cls.attrs) and not attr.startswith("_"):
            _note(access.writes, table, line, attr, transaction)
