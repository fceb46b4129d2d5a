"""A wish as data: what a tenant's file is to say, whole or as a merge patch over what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from strangler.errors import StranglerError
from strangler.plan.platform import Tenant


class InvalidWish(StranglerError):
    """What is wished for cannot be written as a tenant; ``problems`` are (key, what is wrong)."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{key}: {message}" for key, message in problems))
        self.problems = problems


def merged(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The document with a JSON merge patch (RFC 7396) over it: None takes a key away."""
    result = dict(document)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            inner = result.get(key)
            result[key] = merged(inner if isinstance(inner, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def tenant_of(document: Mapping[str, Any]) -> Tenant:
    """The tenant that a document describes.

    Raises:
        InvalidWish: it has mistakes, all of which are told.
    """
    try:
        return Tenant.model_validate(document)
    except ValidationError as error:
        raise InvalidWish(tuple(_problems(error))) from error


def _problems(error: ValidationError) -> list[tuple[str, str]]:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        (".".join(str(step) for step in detail["loc"]), detail["msg"].removeprefix("Value error, "))
        for detail in details
    ]


def document_of(tenant: Tenant) -> dict[str, Any]:
    """What a tenant's file says: only what was said, so that the tier decides the rest."""
    return tenant.model_dump(mode="json", exclude_unset=True)
