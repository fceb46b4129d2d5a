"""IAM policy documents as values: JSON in, statements out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

_NEWEST = "2012-10-17"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a ``Condition`` block: all of them must hold, one of ``values`` is enough.

    ``operator`` is bare (``StringLike``); ``quantifier`` is ``ForAllValues``, ``ForAnyValue`` or "".
    """

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; of each pair (``actions``, ``not_actions``) and so on, at most one is not None."""

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    principals: Mapping[str, tuple[str, ...]] | None = None
    not_principals: Mapping[str, tuple[str, ...]] | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document; only the newer version of the language reads ``${…}`` as a variable."""

    statements: tuple[Statement, ...] = field(default=())
    variables: bool = True


def parse(text: str) -> Policy:
    """Read a policy document.

    Raises:
        ValueError: it is no JSON, or not a policy (the message says what is wrong).
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is no JSON: {error}") from error
    if not isinstance(document, dict) or "Statement" not in document:
        raise ValueError("has no Statement")
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    return Policy(tuple(_statement(item) for item in listed), document.get("Version") == _NEWEST)


def _statement(item: Any) -> Statement:
    if not isinstance(item, dict):
        raise ValueError("has a statement that is not an object")
    if item.get("Effect") not in ("Allow", "Deny"):
        raise ValueError(f"has a statement whose Effect is {item.get('Effect')!r}, not Allow or Deny")
    for key in ("Action", "Resource", "Principal"):
        if key in item and f"Not{key}" in item:
            raise ValueError(f"has a statement with both {key} and Not{key}")
    if "Action" not in item and "NotAction" not in item:
        raise ValueError("has a statement without Action")
    return Statement(
        effect=item["Effect"],
        actions=_texts(item, "Action"),
        not_actions=_texts(item, "NotAction"),
        resources=_texts(item, "Resource"),
        not_resources=_texts(item, "NotResource"),
        principals=_principals(item, "Principal"),
        not_principals=_principals(item, "NotPrincipal"),
        conditions=tuple(_conditions(item.get("Condition", {}))),
        sid=str(item.get("Sid", "")),
    )


def _texts(item: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    return None if key not in item else _listed(item[key])


def _listed(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(str(v).lower() if isinstance(v, bool) else str(v) for v in values)


def _principals(item: Mapping[str, Any], key: str) -> Mapping[str, tuple[str, ...]] | None:
    value = item.get(key)
    if value is None:
        return None
    if value == "*":
        return {"AWS": ("*",)}
    if not isinstance(value, dict):
        raise ValueError(f"has a {key} that is neither '*' nor an object")
    return {kind: _listed(names) for kind, names in value.items()}


def _conditions(block: Any) -> Iterator[Condition]:
    if not isinstance(block, dict):
        raise ValueError("has a Condition that is not an object")
    for written, keys in block.items():
        quantifier, _, bare = written.rpartition(":")
        operator = bare.removesuffix("IfExists")
        if not isinstance(keys, dict):
            raise ValueError(f"has a Condition {written} that is not an object")
        for key, values in keys.items():
            yield Condition(operator, key.lower(), _listed(values), quantifier, bare != operator)
