"""Takes objects apart into their members, and puts them together again without running their ``__init__``.

Dataclasses, attrs and pydantic models are known by their fields. Any other object is plain if its class has left to
Python how instances are copied, and its attributes are all there is to it; what a member cannot do is found out when
that member is encoded.
"""

from __future__ import annotations

import dataclasses
import types
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

# Where pydantic (2, then 1) keeps what is no field, and under which short name it travels.
_BESIDE = {
    "set": ("__pydantic_fields_set__", "__fields_set__"),
    "extra": ("__pydantic_extra__",),
    "private": ("__pydantic_private__",),
}
_NO_OBJECTS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.ModuleType, types.GeneratorType)


class Parts(NamedTuple):
    """An object's members by name (a named tuple's in order), and what else its class keeps of it."""

    tag: str
    members: Dict[str, Any]
    beside: Dict[str, Any]
    items: Optional[Sequence[Any]] = None


def taken_apart(value: Any) -> Optional[Parts]:
    """The parts of an object, or None if it is more than its parts."""
    cls = type(value)
    if isinstance(value, tuple):
        return Parts("$named", {}, {}, value) if hasattr(value, "_fields") else None
    names = _fields(cls)
    if names is not None:
        members = {name: getattr(value, name) for name in names if hasattr(value, name)}
        return Parts("$data", members, _beside(value, names))
    if _is_plain(cls) and not isinstance(value, _NO_OBJECTS):
        return Parts("$object", _attributes(value), {})
    return None


def put_together(cls: Any, members: Dict[str, Any], beside: Optional[Dict[str, Any]]) -> Any:
    """An object of ``cls`` with these parts."""
    made = object.__new__(cls)  # the sender's __init__ has run already
    if _is_pydantic(cls):
        object.__setattr__(made, "__dict__", members)
        for short, names in _BESIDE.items():
            name = next((name for name in names if name in _slots(cls)), None)
            if name is not None:
                object.__setattr__(made, name, _kept(short, members, beside or {}))
        return made
    for name, item in members.items():
        object.__setattr__(made, name, item)
    return made


def _kept(short: str, members: Dict[str, Any], beside: Dict[str, Any]) -> Any:
    if short == "set":
        return set(beside.get(short, members))
    return beside.get(short)


def _beside(value: Any, fields: List[str]) -> Dict[str, Any]:
    """What pydantic knows of a model besides its fields, as far as it is not what one would expect."""
    if not _is_pydantic(type(value)):
        return {}
    found = {short: _first(value, names) for short, names in _BESIDE.items()}
    if found["set"] == {name for name in fields if hasattr(value, name)}:
        del found["set"]
    return {short: item for short, item in found.items() if item is not None}


def _first(value: Any, names: Sequence[str]) -> Any:
    return next((getattr(value, name) for name in names if hasattr(value, name)), None)


def _fields(cls: Any) -> Optional[List[str]]:
    """What makes up an instance of a value class (dataclass, attrs, pydantic), or None if it is none of these."""
    if dataclasses.is_dataclass(cls):
        return [field.name for field in dataclasses.fields(cls)]
    if hasattr(cls, "__attrs_attrs__"):
        return [attribute.name for attribute in cls.__attrs_attrs__]
    if _is_pydantic(cls):
        return list(cls.model_fields if hasattr(cls, "model_fields") else cls.__fields__)
    return None


def _is_pydantic(cls: Any) -> bool:
    return hasattr(cls, "__pydantic_fields_set__") or hasattr(cls, "__fields_set__")


def _is_plain(cls: Any) -> bool:
    """Whether a class says nothing of its own about how instances are copied, and is not built on another type's."""
    own = [base for base in cls.__mro__ if base is not object and base.__module__ not in ("abc", "typing")]
    if any(base.__module__ == "builtins" for base in own) or hasattr(cls, "__mapper__"):
        return False
    customised = ("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__copy__", "__deepcopy__")
    return not any(name in vars(base) for base in own for name in customised)


def _slots(cls: Any) -> List[str]:
    slots: List[str] = []
    for base in cls.__mro__:
        named = vars(base).get("__slots__", ())
        slots += [named] if isinstance(named, str) else list(named)
    return slots


def _attributes(value: Any) -> Dict[str, Any]:
    names = [name for name in _slots(type(value)) if name not in ("__dict__", "__weakref__") and hasattr(value, name)]
    return {**{name: getattr(value, name) for name in names}, **getattr(value, "__dict__", {})}
