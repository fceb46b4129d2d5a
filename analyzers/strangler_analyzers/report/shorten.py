"""Makes the page's data small: names that come again and again are written once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

# A name or path and what hangs on it by a colon: a line, or an object of the module. None holds what JSON escapes.
_NAME = re.compile(r"[^\W\d][\w./-]{4,}(?::[\w.]+)?")
# The first of these that the data lacks stands before a number in its place.
_MARKS = ("¤", "¦", "¶", "※", "⁂")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def shorten(text: str) -> tuple[str, list[str], str]:
    """A mark, the names that stand for ``mark number ;`` (base 36), and the shortened text.

    Text that holds every mark comes back as it is.
    """
    mark = next((one for one in _MARKS if one not in text), "")
    if not mark:
        return "", [], text
    names = _repeated(text)
    numbers = {name: f"{mark}{_base36(number)};" for number, name in enumerate(names)}
    return mark, names, _NAME.sub(lambda match: _short(match[0], numbers), text)


def _repeated(text: str) -> list[str]:
    """The names that are worth an entry, those first that need short numbers most."""
    counts = Counter(part for match in _NAME.finditer(text) for part in _parts(match[0]))
    saved = {name: count * (len(name) - 5) - len(name) - 3 for name, count in counts.items() if count > 1}
    worth = (name for name, gain in saved.items() if gain > 0)
    return sorted(worth, key=lambda name: (-counts[name], name))


def _parts(found: str) -> Iterator[str]:
    yield found
    name, colon, _ = found.partition(":")
    if colon:
        yield name


def _short(found: str, numbers: Mapping[str, str]) -> str:
    if found in numbers:
        return numbers[found]
    name, colon, rest = found.partition(":")
    return numbers.get(name, name) + colon + rest


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
