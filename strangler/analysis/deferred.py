"""Values whose fields are made when they are first asked for: a document has more than most who read it want."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar


class Part(Protocol):
    """What one field can be made from, and the text it is written as."""

    @property
    def text(self) -> str:
        """Its JSON."""

    def value(self) -> Any:
        """The field."""


class Deferred:
    """A base of frozen dataclasses with slots; a slot that was left empty is filled from its part."""

    __slots__ = ("_parts",)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Called for what is not there: an empty slot, or no field at all."""
            part = parts_of(self).get(name)
            if part is None:
                raise AttributeError(f"{type(self).__name__} has no {name}")
            value = part.value()
            object.__setattr__(self, name, value)
            return value


def parts_of(value: Deferred) -> Mapping[str, Part]:
    """The fields of ``value`` that were (or are still to be) made from parts, by name."""
    try:
        parts: Mapping[str, Part] = object.__getattribute__(value, "_parts")
    except AttributeError:
        return {}
    return parts


_T = TypeVar("_T", bound=Deferred)


def deferred(cls: type[_T], fields: Mapping[str, Any], parts: Mapping[str, Part]) -> _T:
    """A ``cls`` with these ``fields``, the rest made from ``parts`` when it is asked for."""
    made = object.__new__(cls)
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    object.__setattr__(made, "_parts", parts)
    return made


def replaced(value: _T, **changes: Any) -> _T:
    """``value`` with other fields, as :func:`dataclasses.replace` gives it; what was not asked for yet waits on."""
    fields = dict(changes)
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        with contextlib.suppress(AttributeError):
            fields.setdefault(field.name, object.__getattribute__(value, field.name))
    return deferred(type(value), fields, {name: part for name, part in parts_of(value).items() if name not in changes})
