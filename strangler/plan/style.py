"""Plain data → YAML text, in the style that a plan is written in by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

INDENT = 2

# Texts that YAML reads as the same text without quotes: a letter or slash first, nothing that means something else.
_PLAIN = re.compile(r"[A-Za-z_/][\w./@*+-]*\Z", re.ASCII)
_NOT_TEXT = re.compile(r"(true|false|null|yes|no|on|off|y|n)\Z", re.IGNORECASE)
# Characters that JSON leaves as they are and YAML takes for line ends or refuses.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def block(entry: Mapping[Any, object], column: int) -> str:
    """``entry`` in block style, every line indented by ``column`` and ended."""
    return "".join(_pair(key, value, column) for key, value in entry.items())


def _pair(key: object, value: object, column: int) -> str:
    head = " " * column + scalar(key) + ":"
    if isinstance(value, Mapping) and value:
        return head + "\n" + block(value, column + INDENT)
    if _is_long(value):
        return head + "\n" + _items(value, column + INDENT)
    return f"{head} {flow(value)}\n"


def _is_long(value: object) -> bool:
    """Whether a list deserves a line for each item: it holds mappings, or does not fit one line."""
    if not isinstance(value, list | tuple):
        return False
    return any(isinstance(item, Mapping) for item in value) or len(flow(value)) > 80


def _items(value: object, column: int) -> str:
    items: Sequence[object] = value if isinstance(value, list | tuple) else ()
    return "".join(f"{' ' * column}- {flow(item)}\n" for item in items)


def flow(value: object) -> str:
    """``value`` on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """A text, number, truth value or None, quoted only if it has to be."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.match(value) and not _NOT_TEXT.match(value):
        return value
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
