"""Compiles a JSON or OpenAPI schema into a function; objects are closed, as the API server's strict decoding has them.

A compiler of our own, because a platform has a million documents and interpreting a schema takes milliseconds each.
Tests hold it against ``jsonschema``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
Resolve = Callable[[str], Schema]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the field's path, what is wrong, and whether it is merely a field that is not known."""

    field: str
    message: str
    is_unknown_field: bool = False


Check = Callable[[Any, str, list[Problem]], None]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


class Compiler:
    """Makes checks of schemas; ``resolve`` finds what a ``$ref`` names."""

    def __init__(self, resolve: Resolve | None = None) -> None:
        self._resolve = resolve
        self._named: dict[str, Check] = {}

    def compile(self, schema: Schema, *, closed: bool = True) -> Check:
        """A check of values against ``schema``; without ``closed`` unknown fields are let pass."""
        if "$ref" in schema:
            return self._reference(schema["$ref"])
        parts = [part for make in _PARTS for part in make(self, schema, closed)]
        if "x-kubernetes-int-or-string" not in schema and "type" in schema:
            return _typed(schema, parts)
        return _all(parts)

    def _reference(self, name: str) -> Check:
        """The check of a named schema, made when it is first needed: schemas name each other in circles."""

        def check(value: Any, path: str, problems: list[Problem]) -> None:
            if name not in self._named:
                assert self._resolve is not None
                self._named[name] = self.compile(self._resolve(name))
            self._named[name](value, path, problems)

        return check


def _all(parts: list[Check]) -> Check:
    def check(value: Any, path: str, problems: list[Problem]) -> None:
        for part in parts:
            part(value, path, problems)

    return check


def _typed(schema: Schema, parts: list[Check]) -> Check:
    """The parts are tried only on a value of the right type."""
    names = [schema["type"]] if isinstance(schema["type"], str) else list(schema["type"])
    if schema.get("nullable"):
        names.append("null")
    types = tuple(kind for name in names for kind in _TYPES[name])
    takes_bool = "boolean" in names
    wanted = " or ".join(sorted(set(names) - {"null"}))

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if not isinstance(value, types) or (isinstance(value, bool) and not takes_bool):
            problems.append(Problem(path, f"is no {wanted}: {_short(value)}"))
        elif value is not None:
            for part in parts:
                part(value, path, problems)

    return check


def _properties(compiler: Compiler, schema: Schema, closed: bool) -> list[Check]:
    known = {name: compiler.compile(item, closed=closed) for name, item in schema.get("properties", {}).items()}
    more = schema.get("additionalProperties")
    if not known and more is None:
        return []
    others = compiler.compile(more, closed=closed) if isinstance(more, Mapping) else None
    is_open = more is True or schema.get("x-kubernetes-preserve-unknown-fields", False) or not (closed or more is False)

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if not isinstance(value, dict):
            return
        for name, item in value.items():
            field = f"{path}.{name}" if path else str(name)
            found = known.get(name) or others
            if found is not None:
                found(item, field, problems)
            elif not is_open:
                problems.append(Problem(field, "is no field of this kind", is_unknown_field=True))

    return [check]


def _required(_compiler: Compiler, schema: Schema, _closed: bool) -> list[Check]:
    names = schema.get("required", ())
    if not names:
        return []

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if isinstance(value, dict):
            problems.extend(
                Problem(f"{path}.{name}" if path else name, "is required") for name in names if name not in value
            )

    return [check]


def _items(compiler: Compiler, schema: Schema, closed: bool) -> list[Check]:
    if not isinstance(schema.get("items"), Mapping):
        return []
    item_check = compiler.compile(schema["items"], closed=closed)

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                item_check(item, f"{path}[{index}]", problems)

    return [check]


def _enum(_compiler: Compiler, schema: Schema, _closed: bool) -> list[Check]:
    if "enum" not in schema and "const" not in schema:
        return []
    allowed = schema["enum"] if "enum" in schema else [schema["const"]]

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if value not in allowed:
            problems.append(Problem(path, f"is none of {', '.join(map(str, allowed))}: {_short(value)}"))

    return [check]


def _pattern(_compiler: Compiler, schema: Schema, _closed: bool) -> list[Check]:
    if "pattern" not in schema:
        return []
    try:
        compiled = re.compile(schema["pattern"])
    except re.error:  # Go's expressions are nearly ours; what is not is left to the API server
        return []

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if isinstance(value, str) and not compiled.search(value):
            problems.append(Problem(path, f"does not match {schema['pattern']}: {_short(value)}"))

    return [check]


_SIZES: Mapping[str, tuple[tuple[type, ...], Callable[[Any], float], bool]] = {
    "minLength": ((str,), len, False),
    "maxLength": ((str,), len, True),
    "minItems": ((list,), len, False),
    "maxItems": ((list,), len, True),
    "minProperties": ((dict,), len, False),
    "maxProperties": ((dict,), len, True),
    "minimum": ((int, float), float, False),
    "maximum": ((int, float), float, True),
}


def _sizes(_compiler: Compiler, schema: Schema, _closed: bool) -> list[Check]:
    return [_size(key, schema[key]) for key in _SIZES if key in schema]


def _size(key: str, limit: float) -> Check:
    kinds, measure, is_upper = _SIZES[key]

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if isinstance(value, kinds) and not isinstance(value, bool):
            size = measure(value)
            if size > limit if is_upper else size < limit:
                problems.append(Problem(path, f"breaks {key} {limit}: {_short(value)}"))

    return check


def _int_or_string(_compiler: Compiler, schema: Schema, _closed: bool) -> list[Check]:
    if not schema.get("x-kubernetes-int-or-string"):
        return []

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if not isinstance(value, int | str) or isinstance(value, bool):
            problems.append(Problem(path, f"is no integer or string: {_short(value)}"))

    return [check]


def _junctions(compiler: Compiler, schema: Schema, _closed: bool) -> list[Check]:
    """``oneOf`` and its kin hold values against each other; they close nothing."""
    made: list[Check] = []
    for key, holds in (("allOf", all), ("anyOf", any), ("oneOf", lambda hits: sum(hits) == 1)):
        if key in schema and not (schema.get("x-kubernetes-int-or-string") and key == "anyOf"):
            made.append(_junction(key, [compiler.compile(item, closed=False) for item in schema[key]], holds))
    if "not" in schema:
        inner = [compiler.compile(schema["not"], closed=False)]
        made.append(_junction("not", inner, lambda hits: not any(hits)))
    return made


def _junction(key: str, options: list[Check], holds: Callable[[list[bool]], bool]) -> Check:
    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if not holds([_passes(option, value) for option in options]):
            problems.append(Problem(path, f"breaks {key} of its schema: {_short(value)}"))

    return check


def _passes(check: Check, value: Any) -> bool:
    found: list[Problem] = []
    check(value, "", found)
    return not found


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_PARTS = (_properties, _required, _items, _enum, _pattern, _sizes, _int_or_string, _junctions)
