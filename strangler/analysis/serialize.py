"""The JSON form of an analysis document."""

from __future__ import annotations

import dataclasses
import functools
import gc
import json
import operator
import types
import typing
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from strangler.analysis.deferred import deferred, parts_of
from strangler.analysis.document import SCHEMA, Analysis
from strangler.errors import StranglerError
from strangler.model import Location

# Optional fields that say nothing when they are absent; every other field is always written.
_LEFT_OUT_WHEN_EMPTY = frozenset({"end_line", "text", "symbol", "via", "queue", "returns", "scope"})


def dumps(analysis: Analysis) -> str:
    """Write ``analysis`` as one JSON object, one record a line, the same bytes for equal values."""
    head = (f'"schema":"{SCHEMA}"', _member("tool", {"name": "strangler", "version": analysis.version}), '"root":"."')
    return "{" + ",\n".join((*head, *members(analysis, NAMES).values())) + "}\n"


NAMES = tuple(item.name for item in dataclasses.fields(Analysis) if item.name != "version")


def members(analysis: Analysis, names: Iterable[str] = NAMES) -> dict[str, str]:
    """The JSON of these members of the document, by name; what was read from its JSON is not written anew."""
    parts = parts_of(analysis)
    return {name: parts[name].text if name in parts else _member(name, getattr(analysis, name)) for name in names}


class _Member(NamedTuple):
    """One member as :func:`members` wrote it."""

    name: str
    text: str

    def value(self) -> Any:
        # All that is made here stays: the collector would go through it again and again while it grows.
        was_on = gc.isenabled()
        gc.disable()
        try:
            return _readers()[self.name](json.loads("{" + self.text + "}")[self.name])
        finally:
            if was_on:
                gc.enable()


def from_members(version: str, fields: Mapping[str, Any], texts: Mapping[str, str]) -> Analysis:
    """An analysis of these fields, and of those that :func:`members` gave as texts: read when they are asked for.

    What is given as both is not read, and not written anew either.
    """
    rest = Analysis(version, **fields)
    given = {name: getattr(rest, name) for name in ("version", *NAMES) if name in fields or name not in texts}
    return deferred(Analysis, given, {name: _Member(name, text) for name, text in texts.items()})


def edited(analysis: Analysis, about: str, change: Callable[[dict[str, Any]], None]) -> Analysis:
    """``analysis`` with ``change`` made to each record, in its JSON form, that has the text ``about`` somewhere."""
    quoted = json.dumps(about, ensure_ascii=False)
    texts = {name: _edited(text, quoted, change) for name, text in members(analysis).items()}
    return from_members(analysis.version, {}, texts)


def _edited(text: str, quoted: str, change: Callable[[dict[str, Any]], None]) -> str:
    if quoted not in text:
        return text
    # One record a line, and what is between them at its end; inside of JSON there are no ends of lines.
    head, *lines = text.split("\n")
    for place, line in enumerate(lines):
        if quoted in line:
            record = json.loads(line[:-1])
            change(record)
            lines[place] = _ENCODER.encode(record) + line[-1]
    return "\n".join((head, *lines))


def with_records(analysis: Analysis, name: str, field: str, value: str, records: Iterable[object]) -> Analysis:
    """``analysis`` with these ``records`` for those whose ``field``, by which they are in order, is ``value``."""
    rows = _rows(analysis, name)
    first, last = _those(rows, field, value)
    rows[first:last] = map(_ENCODER.encode, records)
    text = f'"{name}":[\n' + ",\n".join(rows) + "]" if rows else f'"{name}":[]'
    return from_members(analysis.version, {}, {**members(analysis), name: text})


def records_of(analysis: Analysis, name: str, field: str, value: str) -> tuple[Any, ...]:
    """The records of a member whose ``field``, by which they are in order, is ``value``; no others are read."""
    rows = _rows(analysis, name)
    first, last = _those(rows, field, value)
    return typing.cast(tuple[Any, ...], _readers()[name](json.loads("[" + ",".join(rows[first:last]) + "]")))


def _rows(analysis: Analysis, name: str) -> list[str]:
    return [line[:-1] for line in members(analysis, (name,))[name].split("\n")[1:]]


def _those(rows: list[str], field: str, value: str) -> tuple[int, int]:
    first, last = (find(rows, value, key=lambda row: json.loads(row)[field]) for find in (bisect_left, bisect_right))
    return first, last


@functools.cache
def _readers() -> dict[str, Callable[[Any], Any]]:
    hints = typing.get_type_hints(Analysis)
    return {name: _reader(hints[name]) for name in NAMES}


def _member(name: str, value: object) -> str:
    if isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
        return f'"{name}":[\n' + ",\n".join(map(_ENCODER.encode, value)) + "]"
    return f'"{name}":{_ENCODER.encode(_sorted(value))}'


def _sorted(value: Any) -> Any:
    """With the keys of mappings in order, however deep."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value


def _record(value: Any) -> dict[str, Any]:
    """A record as the encoder takes it, which asks here for each: a document has hundreds of thousands."""
    names, get, optional, mappings = _layout(value.__class__)
    record = dict(zip(names, get(value), strict=True))
    for name in optional:
        if not record[name] and (record[name] is None or name == "scope"):
            del record[name]
    for name in mappings:
        record[name] = _sorted(record[name])
    return record


_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_record)


@functools.cache
def _layout(cls: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], Any], tuple[str, ...], tuple[str, ...]]:
    """The fields of a class of records, a getter of all, those left out when empty, those that map."""
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is no part of an analysis document")
    hints = typing.get_type_hints(cls)
    names = tuple(item.name for item in dataclasses.fields(cls))
    get = operator.attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)
    optional = tuple(name for name in names if name in _LEFT_OUT_WHEN_EMPTY)
    mappings = tuple(name for name in names if typing.get_origin(hints[name]) is Mapping)
    return names, get, optional, mappings


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
        if item is _as_it_is:
            return tuple
        return lambda value: tuple(item(entry) for entry in value)
    if isinstance(kind, types.UnionType) and len(arguments) == 2:
        inner = _reader(arguments[0])
        if inner is _as_it_is:
            return inner
        return lambda value: None if value is None else inner(value)
    return _as_it_is


def _record_reader(cls: type[Any]) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(cls)
    names = frozenset(item.name for item in dataclasses.fields(cls))
    # Texts and numbers are taken as they are; a document has too many to ask for each.
    readers = [(name, reader) for name in names if (reader := _reader(hints[name])) is not _as_it_is]

    def read(value: Mapping[str, Any]) -> Any:
        members = value if value.keys() <= names else {name: value[name] for name in value if name in names}
        made = {name: reader(members[name]) for name, reader in readers if name in members}
        return cls(**{**members, **made})

    return read


def _as_it_is(value: Any) -> Any:
    return value
