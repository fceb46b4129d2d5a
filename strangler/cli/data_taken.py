"""The data files that an extraction takes along, in the few lines a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import commonpath

from strangler.cli.output import counted

_UNITS = ("B", "kB", "MB", "GB")


def data_lines(sizes: Mapping[str, int]) -> list[str]:
    """One line for each folder at the top that files come from: which, how many files, and their size together.

    Args:
        sizes: path below the source root → bytes.
    """
    tops: dict[str, list[str]] = {}
    for path in sorted(sizes):
        top, slash, _ = path.partition("/")
        tops.setdefault(top if slash else "", []).append(path)
    return [f"data: {_line(top, paths, sizes)}" for top, paths in sorted(tops.items())]


def _line(top: str, paths: list[str], sizes: Mapping[str, int]) -> str:
    """A single file is named; of several it is the folder around all of them."""
    place = commonpath(paths) if top or len(paths) == 1 else "."
    return f"{place} {counted(len(paths), 'file')}, {_size(sum(sizes[path] for path in paths))}"


def _size(count: int) -> str:
    amount, unit = float(count), 0
    while round(amount, 1) >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{count} B"
