"""Puts what the code says into a page's prose."""

from __future__ import annotations

from importlib import resources


def filled(page: str, **parts: str) -> str:
    """The prose of ``page`` with every mark ``@@name@@`` replaced by the part of that name."""
    text = (resources.files("strangler_facade.references") / "pages" / f"{page}.md").read_text(encoding="utf-8")
    for name, part in parts.items():
        before, mark, after = text.partition(f"@@{name}@@")
        if not mark:
            raise KeyError(f"{page} has no place for {name}")
        text = before + part.strip("\n") + after
    return text
