"""A page as plain fields: texts and attributes by the path of their element, white space folded."""

from __future__ import annotations

import contextlib
from html.parser import HTMLParser

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_NAMED = ("id", "name", "property", "rel")
_DEEPEST = 64


def flatten(page: bytes) -> dict[str, list[str]]:
    """Path → the values found there, in the page's order (``html>body>p``: texts, ``…>a@href``: attributes).

    Elements of one kind share a path, unless they have a name (``id``, ``name``); a page that is no proper HTML is
    read as far as a browser would.
    """
    reader = _Reader()
    with contextlib.suppress(AssertionError):  # the parser's answer to a declaration that is none, such as <![>
        reader.feed(page.decode("utf-8", "replace"))
        reader.close()
    return reader.fields


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, list[str]] = {}
        self._open: list[tuple[str, str]] = []

    def _path(self) -> str:
        return ">".join(step for _, step in self._open[-_DEEPEST:])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = next((f"[{key}={value}]" for key, value in attrs if key in _NAMED and value), "")
        self._open.append((tag, tag + name))
        for key, value in attrs:
            if not (key in _NAMED and name.startswith(f"[{key}=")):
                self._add(f"{self._path()}@{key}", value or "")
        if tag in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index:]
                return

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text:
            self._add(self._path(), text)

    def _add(self, path: str, value: str) -> None:
        self.fields.setdefault(path, []).append(value)
