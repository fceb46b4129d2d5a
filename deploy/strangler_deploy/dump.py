"""Plain data → YAML text that every reader understands alike; strings that could be read as something else are quoted.

A writer of our own: a platform of 10,000 tenants has a million documents, and a general one takes milliseconds each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from strangler_deploy.blanks import Function, has_blank, later

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./@*+-]*(?:[:=][A-Za-z0-9_./@*+-]+)*\Z", re.ASCII)
# What YAML 1.1 or 1.2 readers take for something other than text.
_RESERVED = re.compile(r"(?:y|yes|n|no|on|off|true|false|null|_+)\Z", re.IGNORECASE)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_BLOCK = re.compile(r"[^\s\x00-\x1f\x7f][\x20-\x7e]*(?:\n[\x20-\x7e]*)*\Z")


def dump(value: Mapping[str, Any]) -> str:
    """A YAML document (block style, two spaces, keys in the order given)."""
    lines: list[str] = []
    _mapping(value, "", lines)
    lines.append("")
    return "\n".join(lines)


def _mapping(value: Mapping[str, Any], indent: str, lines: list[str]) -> None:
    for key, item in value.items():
        if type(item) is str and "\n" not in item:
            lines.append(f"{indent}{_text(key)}: {_text(item)}")
        else:
            _entry(f"{indent}{_text(key)}:", item, indent, lines)


def _entry(head: str, item: Any, indent: str, lines: list[str]) -> None:
    """Write ``head`` and what stands behind or below it."""
    kind = type(item)
    if kind is str:
        lines.append(f"{head} {_text(item)}" if "\n" not in item else f"{head}{_block(item, indent)}")
    elif kind is dict and item:
        lines.append(head)
        _mapping(item, indent + "  ", lines)
    elif kind in (list, tuple) and item:
        lines.append(head)
        _sequence(item, indent, lines)
    else:
        lines.append(f"{head} {_scalar(item)}")


def _sequence(value: list[Any] | tuple[Any, ...], indent: str, lines: list[str]) -> None:
    for item in value:
        if type(item) is dict and item:
            start = len(lines)
            _mapping(item, indent + "  ", lines)
            lines[start] = f"{indent}- {lines[start][len(indent) + 2 :]}"
        elif type(item) in (list, tuple) and item:
            start = len(lines)
            _sequence(item, indent + "  ", lines)
            lines[start] = f"{indent}- {lines[start][len(indent) + 2 :]}"
        else:
            lines.append(f"{indent}- {_scalar(item)}")


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return _float(value)
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    raise TypeError(f"a manifest holds a {type(value).__name__}")


def _float(value: float) -> str:
    """With a point and without an exponent, which YAML 1.1 would take for text."""
    return text if "." in (text := repr(value)) and "e" not in text else format(Decimal(text), "f").rstrip("0") or "0.0"


@lru_cache(maxsize=65536)
def _text(value: str) -> str:
    if _PLAIN.match(value) and not _RESERVED.match(value):
        return value
    if has_blank(value):
        return later("scalar", value)
    return '"' + "".join(_escape(character) for character in value) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _block(value: str, indent: str) -> str:
    """Text of several lines as it is, where YAML allows it (else quoted); it stands behind a key."""
    if has_blank(value):
        return later("block", value, indent)
    body = value.removesuffix("\n")
    if body.endswith("\n") or not _BLOCK.match(body):
        return f" {_text(value)}"
    sign = "|" if value.endswith("\n") else "|-"
    rows = (f"{indent}  {row}" if row else "" for row in body.split("\n"))
    return f" {sign}\n" + "\n".join(rows)


# What may stand in a text with blanks, to be called when they are filled.
CALLS: Mapping[str, Function] = {"scalar": _text, "block": _block}
