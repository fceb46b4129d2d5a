"""Says conditions in Rego v1, for Gatekeeper: one small rule for each node, since Rego has no inline "or"."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

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

# Our root for the object has another name: `object` is the prefix of a built-in (object.get).
_PREAMBLE = """\
subject := input.review.object
pod := subject if subject.kind == "Pod"
pod := subject.spec.jobTemplate.spec.template if subject.kind == "CronJob"
pod := subject.spec.template if not subject.kind in {"Pod", "CronJob"}
namespace := object.get(input.review, ["_unstable", "namespace"], {})
user := input.review.userInfo
"""
_ROOTS: Mapping[str, str] = {
    "object": "subject",
    "pod": "pod",
    "namespace": "namespace",
    "user": "user",
    "item": "item",
}


def rego(package: str, required: Sequence[tuple[str, Condition]]) -> str:
    """A module whose ``violation`` holds a message for each requirement that does not hold."""
    module = _Module()
    lines = [f"package {package}", "", _PREAMBLE]
    for message, condition in required:
        name = module.rule(condition)
        lines.append(f'violation contains {{"msg": {json.dumps(message)}}} if not {name}(null)\n')
    return "\n".join([*lines, *module.lines, ""])


class _Module:
    """The rules written so far; each takes the item of the list around it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names: dict[Condition, str] = {}

    def rule(self, condition: Condition) -> str:
        """Write the rule of ``condition`` (once) after those it needs, and return its name."""
        if condition not in self._names:
            bodies = self._bodies(condition)
            name = self._names[condition] = f"holds_{len(self._names) + 1}"
            self.lines += [f"{name}(item) if {{ {body} }}" for body in bodies]
        return self._names[condition]

    def _bodies(self, condition: Condition) -> list[str]:
        """The ways in which it can hold."""
        if isinstance(condition, AllOf):
            return ["; ".join(f"{self.rule(inner)}(item)" for inner in condition.conditions)]
        if isinstance(condition, AnyOf):
            return [f"{self.rule(inner)}(item)" for inner in condition.conditions]
        if isinstance(condition, Not):
            return [f"not {self.rule(condition.condition)}(item)"]
        if isinstance(condition, Every):
            inner = self.rule(condition.condition)
            return [f"every element in {_get(condition.path, '[]')} {{ {inner}(element) }}"]
        if isinstance(condition, Some):
            inner = self.rule(condition.condition)
            return [f"some element in {_get(condition.path, '[]')}; {inner}(element)"]
        return [_leaf(condition)]


def _leaf(condition: Condition) -> str:
    if isinstance(condition, Equals):
        return f"{_get(condition.path, 'null')} == {_value(condition.value)}"
    if isinstance(condition, OneOf):
        return f"{_get(condition.path, 'null')} in {json.dumps(list(condition.values))}"
    if isinstance(condition, Begins):
        return f"startswith({_get(condition.path, chr(34) * 2)}, {_value(condition.text)})"
    if isinstance(condition, Matches):
        return f"regex.match({json.dumps(condition.pattern)}, {_get(condition.path, chr(34) * 2)})"
    assert isinstance(condition, Present)
    return f"{_get(condition.path, 'null')} != null"


def _get(path: Path, default: str) -> str:
    if not path.keys:
        return _ROOTS[path.root]
    return f"object.get({_ROOTS[path.root]}, {json.dumps(list(path.keys))}, {default})"


def _value(value: str | bool | int | Text) -> str:
    if isinstance(value, Text):
        parts = (json.dumps(p) if isinstance(p, str) else _get(p, chr(34) * 2) for p in value.parts)
        return f'concat("", [{", ".join(parts)}])'
    return json.dumps(value)
