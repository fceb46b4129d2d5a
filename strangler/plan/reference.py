"""The plan's reference page, made from its schema."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from strangler.plan.platform import Tenant
from strangler.plan.schema import Plan

_INTRO = """\
# The plan: `strangler.yaml`

One file in the monolith's repository says what the migration is. It is checked as a whole; every mistake is shown
with its line and a hint. `strangler plan init` starts one, `strangler plan accept SEAM` adds a service,
`strangler plan validate` checks it. Tenants are one file each, `tenants/<id>.yaml`, beside it.

This page is made from the schema by `docs/generate.py`.
"""


def plan_reference() -> str:
    """Every key of the plan and of a tenant's file, as Markdown."""
    parts = [_INTRO, *_sections("strangler.yaml", Plan, set()), *_sections("tenants/<id>.yaml", Tenant, set())]
    return "\n".join(parts)


def _sections(title: str, section: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    if section in seen:
        return
    seen.add(section)
    yield f"## `{title}`\n\n{_first_sentence(section)}\n\n| key | value | default | |\n|---|---|---|---|"
    for name, field in section.model_fields.items():
        yield f"| `{name}` | {_kind(field.annotation)} | {_default(field)} | {field.description or ''} |"
    yield ""
    prefix = "" if title.endswith(".yaml") else f"{title}."
    for name, field in section.model_fields.items():
        for inner, suffix in _inner(field.annotation, ""):
            yield from _sections(f"{prefix}{name}{suffix}", inner, seen)


def _first_sentence(section: type[BaseModel]) -> str:
    return re.sub(r"``", "`", (section.__doc__ or "").strip().split("\n\n")[0]).replace("\n", " ")


def _inner(annotation: Any, suffix: str) -> Iterator[tuple[type[BaseModel], str]]:
    """The sections inside a type, each with how the key goes on: ``.<name>`` in a mapping, ``[]`` in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, suffix
        return
    origin = typing.get_origin(annotation)
    step = ".<name>" if origin is Mapping or _is_mapping(origin) else "[]" if origin is tuple else ""
    for argument in typing.get_args(annotation):
        yield from _inner(argument, suffix + step)


def _is_mapping(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _kind(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return " \\| ".join(f"`{value}`" for value in arguments)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin in (types.UnionType, typing.Union):
        return _kind(next(argument for argument in arguments if argument is not type(None)))
    if _is_mapping(origin):
        return f"mapping of name → {_kind(arguments[1])}"
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    return _name(annotation)


def _name(annotation: Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section"
    return {str: "text", int: "number", float: "number", bool: "`true` \\| `false`"}.get(annotation, str(annotation))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or isinstance(value, BaseModel | Mapping) or value == ():
        return ""
    shown = ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)
    return f"`{shown.lower() if isinstance(value, bool) else shown}`"
