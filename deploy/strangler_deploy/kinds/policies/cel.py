"""Says a condition in CEL, for ValidatingAdmissionPolicy and Kyverno alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from strangler_deploy.kinds.policies.conditions import (
    AllOf,
    AnyOf,
    Begins,
    Condition,
    Equals,
    Every,
    Matches,
    Not,
    OneOf,
    Path,
    Present,
    Some,
    Text,
)

POD = (
    "object.kind == 'Pod' ? object : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template"
    " : object.spec.template"
)
"""The variable ``pod`` that expressions about pods need."""

_ROOTS = {"object": "object", "pod": "variables.pod", "namespace": "namespaceObject", "user": "request.userInfo"}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def cel(condition: Condition, depth: int = 0) -> str:
    """The expression; ``depth`` counts the lists around it, whose items have names of their own."""
    return _SAID[type(condition)](condition, depth)


def _path(path: Path, depth: int) -> str:
    """An optional: what is at the path, or nothing."""
    text = f"x{depth - 1}" if path.root == "item" else _ROOTS[path.root]
    if not path.keys:
        return f"optional.of({text})"
    for key in path.keys:
        text += f".?{key}" if _PLAIN.match(key) else f"[?{_quoted(key)}]"
    return text


def _quoted(text: str) -> str:
    return "'" + json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def _value(value: str | bool | int | Text, depth: int) -> str:
    if isinstance(value, Text):
        return " + ".join(_part(part, depth) for part in value.parts)
    if isinstance(value, str):
        return _quoted(value)
    return str(value).lower()


def _part(part: str | Path, depth: int) -> str:
    return _quoted(part) if isinstance(part, str) else f"{_path(part, depth)}.orValue('')"


def _equals(c: Equals, depth: int) -> str:
    return f"{_path(c.path, depth)} == optional.of({_value(c.value, depth)})"


def _one_of(c: OneOf, depth: int) -> str:
    values = ", ".join(_quoted(value) for value in c.values)
    return f"{_path(c.path, depth)}.orValue('') in [{values}]"


def _begins(c: Begins, depth: int) -> str:
    return f"{_path(c.path, depth)}.orValue('').startsWith({_value(c.text, depth)})"


def _matches(c: Matches, depth: int) -> str:
    return f"{_path(c.path, depth)}.orValue('').matches({_quoted(c.pattern)})"


def _present(c: Present, depth: int) -> str:
    return f"{_path(c.path, depth)}.hasValue()"


def _listed(c: Every | Some, depth: int) -> str:
    macro = "all" if isinstance(c, Every) else "exists"
    return f"{_path(c.path, depth)}.orValue([]).{macro}(x{depth}, {cel(c.condition, depth + 1)})"


def _joined(c: AllOf | AnyOf, depth: int) -> str:
    sign = " && " if isinstance(c, AllOf) else " || "
    return sign.join(_bracketed(inner, depth) for inner in c.conditions)


def _not(c: Not, depth: int) -> str:
    return f"!({cel(c.condition, depth)})"


def _bracketed(condition: Condition, depth: int) -> str:
    text = cel(condition, depth)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


_SAID: Mapping[type, Callable[[Any, int], str]] = {
    Equals: _equals,
    OneOf: _one_of,
    Begins: _begins,
    Matches: _matches,
    Present: _present,
    Every: _listed,
    Some: _listed,
    AllOf: _joined,
    AnyOf: _joined,
    Not: _not,
}
