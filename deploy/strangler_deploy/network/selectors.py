"""Label selectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from strangler_deploy.documents import mapping, mappings

Operator = Literal["In", "NotIn", "Exists", "DoesNotExist"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One expression over one label."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether ``labels`` satisfy it; NotIn is satisfied by a label that is not there."""
        if self.operator == "In":
            return labels.get(self.key) in self.values
        if self.operator == "NotIn":
            return labels.get(self.key) not in self.values
        return (self.key in labels) == (self.operator == "Exists")


@dataclass(frozen=True, slots=True)
class Selector:
    """All requirements must hold; none of them selects everything."""

    requirements: frozenset[Requirement] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether it selects something with these labels."""
        return all(requirement.holds(labels) for requirement in self.requirements)

    @property
    def equalities(self) -> list[Requirement]:
        """Those that name the values a label may have: by these an index is asked."""
        return [r for r in self.requirements if r.operator == "In"]


def selector(value: Any) -> Selector:
    """Read a LabelSelector; an empty one, or none, selects everything."""
    written = mapping(value)
    equal = (Requirement(str(k), "In", frozenset((str(v),))) for k, v in mapping(written.get("matchLabels")).items())
    expressed = (_expression(item) for item in mappings(written.get("matchExpressions")))
    return Selector(frozenset((*equal, *expressed)))


def _expression(item: Mapping[str, Any]) -> Requirement:
    values = frozenset(str(value) for value in item.get("values") or ())
    return Requirement(str(item.get("key")), str(item.get("operator")), values)
