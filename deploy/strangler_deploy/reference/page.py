"""The rows as a page: each with an example's file, and the test that holds it."""

from __future__ import annotations

from collections.abc import Mapping

from strangler.errors import StranglerError
from strangler_deploy.reference.rows import Row, rows

_HEAD = """\
# The platform, row by row

What a reference architecture for a SaaS platform on EKS names, the file of an example (`docs/examples/`) that has it,
and the test that breaks when it is gone. {emitted} of {rows} rows are resources; the others say why they are none.

This page is made by `docs/generate.py` from the examples as they are rendered.

| | what | emitted as (example: file) | held by |
|---|---|---|---|
"""


def platform_reference(trees: Mapping[str, Mapping[str, str]]) -> str:
    """The page, from the rendered examples by name.

    Raises:
        StranglerError: a row is in none of them.
    """
    every = rows()
    lines = [_line(row, trees) for row in every]
    emitted = sum(bool(row.made_of) for row in every)
    return _HEAD.format(emitted=emitted, rows=len(every)) + "\n".join(lines) + "\n"


def _line(row: Row, trees: Mapping[str, Mapping[str, str]]) -> str:
    if not row.made_of:
        return f"| {row.number} | {row.name} | none: {row.no_resource} | |"
    places = dict.fromkeys(find(trees, kind, words) for kind, words in row.made_of)
    return f"| {row.number} | {row.name} | {', '.join(f'`{place}`' for place in places)} | `{row.held}` |"


def find(trees: Mapping[str, Mapping[str, str]], kind: str, words: str) -> str:
    """The first file of an example that has an object of a kind, with these words in it.

    Raises:
        StranglerError: there is none.
    """
    for name, tree in trees.items():
        for path, text in tree.items():
            if f"\nkind: {kind}\n" in text and words in text:
                return f"{name}: {path}"
    raise StranglerError(f"no example has a {kind} with {words!r}")
