"""Reads dependencies as Poetry writes them, and gives them as every installer reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def from_poetry(name: str, stated: Any) -> str:
    """The requirement for an entry of ``tool.poetry.dependencies``; several alternatives keep the name alone."""
    if isinstance(stated, str):
        return name + _versions(stated)
    if not isinstance(stated, Mapping):
        return name
    extras = ",".join(stated.get("extras", ()))
    versions = _versions(str(stated.get("version", "*")))
    return f"{name}[{extras}]{versions}" if extras else name + versions


def _versions(text: str) -> str:
    if "||" in text or "|" in text:
        return ""
    return ",".join(part for part in map(_version, text.split(",")) if part)


def _version(text: str) -> str:
    text = text.strip()
    if text in ("", "*"):
        return ""
    if text.startswith("^"):
        return f">={text[1:]},<{_next(text[1:])}"
    if text.startswith("~") and not text.startswith("~="):
        parts = text[1:].split(".")
        return f">={text[1:]},<{_raised(parts, min(1, len(parts) - 1))}"
    if text.endswith(".*") or text[0].isdigit():
        return f"=={text}"
    return text.replace(" ", "")


def _next(version: str) -> str:
    """The first version that a caret does not allow: one more in the first part that is not zero."""
    parts = version.split(".")
    place = next((index for index, part in enumerate(parts) if part != "0"), len(parts) - 1)
    return _raised(parts, place)


def _raised(parts: list[str], place: int) -> str:
    number = re.match(r"\d+", parts[place])
    return ".".join([*parts[:place], str(int(number.group() if number else 0) + 1)])
