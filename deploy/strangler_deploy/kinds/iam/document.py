"""IAM policy documents as values, and as the JSON text that AWS wants."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Condition = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is allowed, on what, and when."""

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    condition: Condition = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """As IAM has it."""
        condition = {"Condition": self.condition} if self.condition else {}
        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": sorted(self.actions),
            "Resource": list(self.resources),
            **condition,
        }


def document(statements: Iterable[Statement]) -> str:
    """A permission policy."""
    return _json([statement.data() for statement in statements])


def trust(principal: Mapping[str, str], actions: Sequence[str], condition: Condition | None = None) -> str:
    """A trust policy: who may take the role."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": dict(principal), "Action": list(actions)}
    if condition:
        statement["Condition"] = condition
    return _json([statement])


def trust_service(service: str) -> str:
    """A role that one AWS service takes."""
    return trust({"Service": service}, ["sts:AssumeRole", "sts:TagSession"])


def _json(statements: Sequence[Mapping[str, Any]]) -> str:
    """One statement a line."""
    lines = ",\n".join(f"  {json.dumps(statement, ensure_ascii=False)}" for statement in statements)
    return f'{{"Version": "2012-10-17", "Statement": [\n{lines}\n]}}\n'
