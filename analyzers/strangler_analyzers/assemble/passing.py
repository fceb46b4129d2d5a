"""What a call hands over, in the few words extraction asks about."""

from __future__ import annotations

from strangler_analyzers.data.models import Models
from strangler_analyzers.data.subjects import subjects
from strangler_analyzers.resolve.pending import Generator, Partial
from strangler_analyzers.resolve.values import (
    Bound,
    Class,
    Const,
    Ext,
    Func,
    Instance,
    Items,
    Made,
    Member,
    Typed,
    Value,
    Values,
    Wrapped,
)

# The worst is said when several are possible.
_ORDER = ("session", "model", "request", "iterator", "callable", "unknown", "plain")


class Passing:
    """Says what values are, each once."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._known: dict[Value, str] = {}

    def what(self, values: Values) -> str:
        """``model session callable iterator request plain unknown``."""
        if not values:
            return "unknown"
        return min((self._of(value) for value in values), key=_ORDER.index)

    def _of(self, value: Value) -> str:
        known = self._known.get(value)
        if known is None:
            known = self._known[value] = _one(self._models, value, 0)
        return known


_REQUESTS = ("flask.request", "flask.globals.request", "quart.request")


def _one(models: Models, value: Value, depth: int) -> str:
    if isinstance(value, Const):
        return "plain"
    if isinstance(value, Func | Bound | Class | Partial | Wrapped):
        return "callable"
    if isinstance(value, Generator):
        return "iterator"
    if isinstance(value, Instance):
        return "model" if value.cls in models.orms else "plain"
    if isinstance(value, Items):
        held = value.all()
        return min((_one(models, one, depth + 1) for one in held), key=_ORDER.index) if held and depth < 3 else "plain"
    if isinstance(value, Made | Member | Typed | Ext):
        return _outside(models, value)
    return "unknown"


def _outside(models: Models, value: Made | Member | Typed | Ext) -> str:
    name = value.dotted.lower()
    tail = name.rpartition(".")[2]
    if "session" in tail or "sessionmaker" in name or tail in ("connection", "engine", "cursor"):
        return "session"
    if name in _REQUESTS or (isinstance(value, Typed) and tail.endswith("request")):
        return "request"
    if isinstance(value, Ext):
        return "unknown"
    if isinstance(value, Made | Member) and any(cls in models.orms for cls in subjects(value)):
        return "iterator"
    return "unknown"
