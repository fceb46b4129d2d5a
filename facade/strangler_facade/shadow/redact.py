"""Takes out of a difference what nobody should read on a dashboard."""

from __future__ import annotations

import re

HIDDEN = "[redacted]"

_SENSITIVE = re.compile(
    r"pass(word|wd|phrase)?|secret|token|auth|cookie|session|csrf|api[-_]?key|credential|card|cvv|iban|ssn|signature",
    re.IGNORECASE,
)
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),  # a mail address
    re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*"),  # a JSON web token
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),  # a bank account
    re.compile(r"\b\d(?:[ -]?\d){12,18}\b"),  # a card number
)


def redact(field: str, value: str) -> str:
    """The value of a field as it may be kept: hidden where the field's name or the value itself says so."""
    if value and _SENSITIVE.search(field):
        return HIDDEN
    for pattern in _PATTERNS:
        value = pattern.sub(HIDDEN, value)
    return value


def redact_path(path: str) -> str:
    """A request's path with the values of its query hidden."""
    bare, mark, query = path.partition("?")
    names = (f"{pair.partition('=')[0]}=…" for pair in query.split("&"))
    return bare + mark + "&".join(names) if mark else bare
