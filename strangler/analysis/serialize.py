"""The JSON form of an analysis document."""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from strangler.analysis.document import SCHEMA, Analysis
from strangler.errors import StranglerError
from strangler.model import Location

# Optional texts and numbers that say nothing when they are absent; every other field is always written.
_LEFT_OUT_WHEN_NONE = frozenset({"end_line", "text", "symbol", "via", "queue", "returns"})


def dumps(analysis: Analysis) -> str:
    """Write ``analysis`` as one JSON object, one record a line, the same bytes for equal values."""
    lines = [f'"schema":"{SCHEMA}"', _member("tool", {"name": "strangler", "version": analysis.version})]
    lines.append('"root":"."')
    names = (item.name for item in dataclasses.fields(analysis) if item.name != "version")
    lines.extend(_member(name, getattr(analysis, name)) for name in names)
    return "{" + ",\n".join(lines) + "}\n"


def _member(name: str, value: object) -> str:
    if isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
        return f'"{name}":[\n' + ",\n".join(_compact(_plain(record)) for record in value) + "]"
    return f'"{name}":{_compact(_plain(value))}'


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    if dataclasses.is_dataclass(value):
        return _record(value)
    return value


def _record(value: Any) -> dict[str, Any]:
    members = {name: getattr(value, name) for name in _field_names(value.__class__)}
    return {
        name: _plain(item)
        for name, item in members.items()
        if not (item is None and name in _LEFT_OUT_WHEN_NONE) and not (name == "scope" and not item)
    }


@functools.cache
def _field_names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(cls))


def load(path: Path) -> Analysis:
    """Read the analysis document at ``path``.

    Raises:
        StranglerError: there is none, or it is not a ``strangler.analysis/1`` document.
    """
    try:
        return loads(path.read_text(encoding="utf-8"), name=str(path))
    except OSError as error:
        hint = "write one with: strangler analyze PATH --format json -o FILE"
        raise StranglerError(f"cannot read {path}: {error.strerror}", hint=hint) from error


def loads(text: str, *, name: str = "analysis") -> Analysis:
    """Read an analysis document from ``text``; fields this version does not know are ignored.

    Raises:
        StranglerError: the text is no JSON, of another schema, or lacks a required field.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise StranglerError(f"no JSON: {error.msg}", location=Location(name, error.lineno)) from error
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema != SCHEMA:
        hint = f"this version reads {SCHEMA}; write the document again with strangler analyze"
        raise StranglerError(f"{name} is not an analysis document (schema: {schema})", hint=hint)
    try:
        return typing.cast(Analysis, _reader(Analysis)({**data, "version": data["tool"]["version"]}))
    except (KeyError, TypeError, AttributeError) as error:
        raise StranglerError(f"{name} lacks what {SCHEMA} requires: {error}") from error


@functools.cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """A function that makes a value of type ``kind`` from its JSON form."""
    if dataclasses.is_dataclass(kind):
        return _record_reader(typing.cast(type[Any], kind))
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is tuple:
        item = _reader(arguments[0])
        return lambda value: tuple(item(entry) for entry in value)
    if isinstance(kind, types.UnionType) and len(arguments) == 2:
        inner = _reader(arguments[0])
        return lambda value: None if value is None else inner(value)
    return lambda value: value


def _record_reader(cls: type[Any]) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(cls)
    readers = [(item.name, _reader(hints[item.name])) for item in dataclasses.fields(cls)]

    def read(value: Mapping[str, Any]) -> Any:
        return cls(**{name: reader(value[name]) for name, reader in readers if name in value})

    return read
