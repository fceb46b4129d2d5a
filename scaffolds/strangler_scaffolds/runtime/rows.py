"""Django's objects over the wire: the rows that they are, as they are held, with the related objects they have loaded.

Django has no unit of work: what code has set on an object and not saved is seen by whom the object is handed to, and
nothing says so. So fields travel as they are, as they do when Django pickles an object; what was not loaded is read
from the shared store when somebody asks for it.
"""

from __future__ import annotations

import datetime
import decimal
import sys
import uuid
from typing import Any, Dict, List

_PLAIN = (str, int, float, bool, bytes, type(None), decimal.Decimal, uuid.UUID, datetime.date, datetime.timedelta)
_OWN = ("_state", "_prefetched_objects_cache")


def is_model(cls: Any) -> bool:
    """Whether a class is one of Django's models."""
    return hasattr(getattr(cls, "_meta", None), "app_label") and hasattr(cls, "_base_manager")


def held_rows(value: Any) -> List[Dict[str, Any]]:
    """The object and all it has loaded, each once; related objects as positions in the list."""
    found: List[Any] = [value]
    places = {id(value): 0}
    rows = []
    for one in found:  # grows while it is walked
        related = {}
        for name, other in _related(one).items():
            if id(other) not in places:
                places[id(other)] = len(found)
                found.append(other)
            related[name] = places[id(other)]
        rows.append(_row(one, related))
    return rows


def _related(value: Any) -> Dict[str, Any]:
    return {name: other for name, other in value._state.fields_cache.items() if is_model(type(other))}


def _row(value: Any, related: Dict[str, int]) -> Dict[str, Any]:
    held = {name: _portable(item) for name, item in vars(value).items() if name not in _OWN}
    fields = {field.attname for field in value._meta.concrete_fields}
    kept = {name: item for name, item in held.items() if name in fields or _is_plain(item)}
    state = value._state
    return {"model": value._meta.label, "held": kept, "related": related, "adding": state.adding, "db": state.db}


def _portable(item: Any) -> Any:
    """A file of a field is its name in the storage."""
    files = sys.modules.get("django.db.models.fields.files")
    return item.name if files is not None and isinstance(item, files.FieldFile) else item


def _is_plain(item: Any) -> bool:
    if type(item) in (list, tuple, set):
        return all(_is_plain(one) for one in item)
    if type(item) is dict:
        return all(_is_plain(key) and _is_plain(one) for key, one in item.items())
    return type(item) in _PLAIN or type(item) is datetime.datetime


def from_rows(rows: List[Dict[str, Any]]) -> Any:
    """The object whose rows :func:`held_rows` gave."""
    apps = sys.modules["django.apps"].apps
    model_state = sys.modules["django.db.models.base"].ModelState
    made = [object.__new__(apps.get_model(row["model"])) for row in rows]
    for one, row in zip(made, rows):
        state = model_state()
        state.adding, state.db = row["adding"], row["db"]
        vars(one).update(row["held"])
        vars(one)["_state"] = state
        state.fields_cache = {name: made[place] for name, place in row["related"].items()}
    return made[0]
