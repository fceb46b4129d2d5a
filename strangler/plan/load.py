"""Reads the plan and the tenants as a whole: all mistakes at once, each with its line and a hint."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from strangler.errors import PlanError
from strangler.model import Finding, Location
from strangler.plan.consistency import inconsistencies
from strangler.plan.schema import Plan
from strangler.plan.source import KeyPath, Source, duplicate_keys, parse

_Section = TypeVar("_Section", bound=BaseModel)
_T = TypeVar("_T")


def load(path: Path) -> Plan:
    """Read and check the plan at ``path``.

    Raises:
        PlanError: there is none, or it has mistakes.
    """
    return loads(read_text(path), name=str(path))


def read_text(path: Path) -> str:
    """The text of the plan at ``path``, unchecked: for those who edit it.

    Raises:
        PlanError: there is none, or it is no text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        hint = "make one with: strangler plan init, or name it with --plan"
        raise PlanError(f"cannot read the plan {path}: {error.strerror}", hint=hint) from error
    except UnicodeDecodeError as error:
        raise PlanError(f"{path} is not UTF-8 text (byte {error.start})") from error


def loads(text: str, *, name: str = "strangler.yaml") -> Plan:
    """Check the plan in ``text``; ``name`` is what findings call it.

    Raises:
        PlanError: it has mistakes.
    """
    source = parse(text, name)
    findings = list(duplicate_keys(source))
    plan = validate(Plan, source, findings)
    if plan is not None:
        findings.extend(inconsistencies(plan, source))
    return unless(findings, plan, name)


def unless(findings: list[Finding], value: _T | None, name: str) -> _T:
    """The value if nothing was found against it.

    Raises:
        PlanError: something was.
    """
    if findings or value is None:
        ordered = sorted(findings, key=lambda finding: finding.order)
        raise PlanError(f"{name} has {len(ordered)} mistake{'s' * (len(ordered) != 1)}", ordered)
    return value


def validate(kind: type[_Section], source: Source, findings: list[Finding]) -> _Section | None:
    """The section that a document holds, or None and what is wrong with it among the ``findings``."""
    if not isinstance(source.data, Mapping):
        findings.append(Finding("PLAN-SHAPE", f"{source.name} is not a mapping of keys", Location(source.name, 1)))
        return None
    try:
        return kind.model_validate(source.data)
    except ValidationError as error:
        findings.extend(_finding(detail, source, kind) for detail in error.errors(include_url=False))
        return None


def _finding(detail: ErrorDetails, source: Source, kind: type[BaseModel]) -> Finding:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    where = ".".join(str(step) for step in path) or "the plan"
    if detail["type"] == "extra_forbidden":
        hint = _did_you_mean(str(path[-1]), _keys_at(kind, path[:-1]))
        return Finding("PLAN-KEY", f"unknown key '{where}'", source.location(path), hint)
    if detail["type"] == "missing":
        return Finding("PLAN-MISSING", f"'{where}' is required", source.location(path[:-1]), "")
    message = detail["msg"].removeprefix("Value error, ")
    return Finding("PLAN-VALUE", f"{where}: {message}", source.location(path), _got(detail))


def _got(detail: ErrorDetails) -> str:
    value: Any = detail["input"]
    return f"it says {value!r}"[:120] if isinstance(value, str | int | float | bool) else ""


def _did_you_mean(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known here: {', '.join(sorted(known))}" if known else ""


def _keys_at(kind: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys that the schema knows at ``path``."""
    fields: Any = kind
    for step in path:
        fields = _step_into(fields, step)
    return list(fields.model_fields) if _is_section(fields) else []


def _step_into(kind: Any, step: str | int) -> Any:
    if _is_section(kind):
        field = kind.model_fields.get(str(step))
        return _section_in(field.annotation) if field else None
    return kind.of if isinstance(kind, _Items) else None


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _section_in(annotation: Any) -> Any:
    """The section class inside ``annotation``; a mapping or tuple of sections stands for one until stepped into."""
    if _is_section(annotation):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _section_in(argument)
        if found is not None:
            return _Items(found) if _is_collection(annotation) else found
    return None


def _is_collection(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in (tuple, Mapping)


class _Items:
    """Stands for "one of these, under any key"."""

    def __init__(self, of: type[BaseModel]) -> None:
        self.of = of
