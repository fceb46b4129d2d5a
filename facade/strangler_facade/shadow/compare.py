"""Two answers to one request → the typed differences between them; pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from strangler_facade.shadow.html import flatten

Kind = Literal["value", "type", "missing", "added", "order", "length", "error"]

# Of the transport or of the server software, not of the application: proxies rewrite them freely.
_TRANSPORT = frozenset(
    [
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "transfer-encoding",
        "via",
        "x-served-by",
        "age",
        "trailer",
        "upgrade",
    ]
)
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a mirrored request; status 0 and an ``error`` when there was no answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    truncated: bool = False
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs. ``field`` is ``status``, ``header:NAME``, ``json:$.items[].price``, ``html:PATH``.

    ``old`` is the monolith's value and ``new`` the service's, both as text and cut to 200 characters.
    """

    field: str
    kind: Kind
    old: str
    new: str


def compare(primary: Side, other: Side) -> tuple[Difference, ...]:
    """The differences between two answers, in the order of their fields.

    A body that was cut off is compared no further than its status and headers.
    """
    if bool(primary.error) != bool(other.error) or not other.status:
        return (_difference("answer", "error", primary.error or primary.status, other.error or other.status),)
    found = list(_status(primary, other)) + list(_headers(_fold(primary), _fold(other)))
    if not (primary.truncated or other.truncated):
        found += _bodies(primary, other)
    return tuple(sorted(set(found), key=lambda difference: (difference.field, difference.kind)))


def _difference(field: str, kind: Kind, old: object, new: object) -> Difference:
    return Difference(field, kind, _text(old), _text(new))


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _status(primary: Side, other: Side) -> Iterator[Difference]:
    if primary.status != other.status:
        yield _difference("status", "value", primary.status, other.status)


def _fold(side: Side) -> dict[str, list[str]]:
    folded: dict[str, list[str]] = {}
    for name, value in side.headers:
        if name.lower() not in _TRANSPORT:
            folded.setdefault(_header_field(name.lower(), value), []).append(value.strip())
    return folded


def _header_field(name: str, value: str) -> str:
    """Each cookie that is set is a field of its own."""
    return f"header:set-cookie:{value.partition('=')[0].strip()}" if name == "set-cookie" else f"header:{name}"


def _headers(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[Difference]:
    for field in old.keys() | new.keys():
        if field not in new:
            yield _difference(field, "missing", ", ".join(old[field]), "")
        elif field not in old:
            yield _difference(field, "added", "", ", ".join(new[field]))
        elif old[field] != new[field] and not _same_set(field, old[field], new[field]):
            yield _difference(field, "value", ", ".join(old[field]), ", ".join(new[field]))


_SETS = frozenset(
    f"header:{name}"
    for name in (
        "allow",
        "vary",
        *(f"access-control-{what}" for what in ("allow-methods", "allow-headers", "expose-headers")),
    )
)
"""Fields whose members have no order (RFC 9110 §10.2.1 and §12.5.5, Fetch §3.3): a process may write them in any."""


def _same_set(field: str, old: list[str], new: list[str]) -> bool:
    return field in _SETS and _members(old) == _members(new)


def _members(values: list[str]) -> set[str]:
    return {member.strip().lower() for value in values for member in value.split(",") if member.strip()}


def _bodies(primary: Side, other: Side) -> Iterator[Difference]:
    old, new = primary.body, other.body
    if old == new:
        return
    kind = _media_type(primary)
    if kind == "json" and _media_type(other) == "json":
        try:
            yield from _values("json:$", json.loads(old), json.loads(new))
            return
        except (ValueError, RecursionError):
            pass
    elif kind == "html" and _media_type(other) == "html":
        yield from _pages(old, new)
        return
    yield _difference("body", "value", old[:_LONGEST_VALUE].decode("utf-8", "replace"), _head(new))


def _head(body: bytes) -> str:
    return body[:_LONGEST_VALUE].decode("utf-8", "replace")


def _media_type(side: Side) -> str:
    value = next((value for name, value in side.headers if name.lower() == "content-type"), "")
    media = value.partition(";")[0].strip().lower()
    if media == "application/json" or media.endswith("+json"):
        return "json"
    return "html" if media in ("text/html", "application/xhtml+xml") else media


def _values(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _objects(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _arrays(path, old, new)
    elif _type(old) != _type(new):
        yield _difference(path, "type", old, new)
    elif old != new:
        yield _difference(path, "value", old, new)


def _type(value: Any) -> str:
    """JSON's type; 1 and 1.0 are both numbers."""
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else type(value).__name__


def _objects(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    for key in old.keys() | new.keys():
        if key not in new:
            yield _difference(f"{path}.{key}", "missing", old[key], "")
        elif key not in old:
            yield _difference(f"{path}.{key}", "added", "", new[key])
        else:
            yield from _values(f"{path}.{key}", old[key], new[key])


def _arrays(path: str, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    if len(old) != len(new):
        yield _difference(f"{path}[]", "length", len(old), len(new))
        return
    if old != new and _multiset(old) == _multiset(new):
        yield _difference(f"{path}[]", "order", old, new)
        return
    for left, right in zip(old, new, strict=True):
        yield from _values(f"{path}[]", left, right)


def _multiset(items: list[Any]) -> Counter[str]:
    return Counter(json.dumps(item, sort_keys=True) for item in items)


def _pages(old: bytes, new: bytes) -> Iterator[Difference]:
    before, after = flatten(old), flatten(new)
    for path in before.keys() | after.keys():
        left, right = before.get(path, []), after.get(path, [])
        if left == right:
            continue
        kind: Kind = "missing" if not right else "added" if not left else "value"
        if len(left) != len(right) and left and right:
            kind = "length"
        changed = next(((a, b) for a, b in zip(left, right, strict=False) if a != b), (" ".join(left), " ".join(right)))
        yield _difference(f"html:{path}", kind, *changed)
