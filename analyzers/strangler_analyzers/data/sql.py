"""Reads SQL in texts: which tables a statement reads and which it writes."""

from __future__ import annotations

import functools
import logging
import re
from typing import Any, NamedTuple

_STATEMENT = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:\(\s*)?(select\s|insert\s+(?:or\s+\w+\s+)?into\s|update\s|delete\s+from\s|with\s|merge\s+into\s|replace\s+into\s"
    r"|truncate\s|create\s+(?:temp\w*\s+)?table\s|alter\s+table\s|drop\s+table\s|lock\s+table\s)",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"\b(from|into|set|table|join|truncate|as\s*\()\b|\bas\s*\(", re.IGNORECASE)
# Placeholders of the database interfaces and of Python's formatting, made into something every dialect reads.
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%s|\{[^{}]*\}|(?<![:\w]):(\w+)\b|\$\d+")
_NAME = r"[\"`\[]?([A-Za-z_][\w$]*(?:[\"`\]]?\.[\"`\[]?[A-Za-z_][\w$]*)?)[\"`\]]?"
_WRITTEN = re.compile(
    rf"\b(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from|replace\s+into|truncate(?:\s+table)?)\s+{_NAME}", re.I
)
_READ = re.compile(rf"\b(?:from|join)\s+{_NAME}", re.IGNORECASE)


class Statement(NamedTuple):
    """The tables of a statement, sorted."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]


def tables_in(text: str) -> Statement | None:
    """The tables that ``text`` reads and writes; None if it is no SQL."""
    if not _STATEMENT.match(text) or not _SHAPE.search(text):
        return None
    return _parsed(text)


@functools.lru_cache(maxsize=4096)
def _parsed(text: str) -> Statement | None:
    # Imported when the first statement is met: it costs more than a small analysis.
    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    plain = _PLACEHOLDER.sub("NULL", text.strip().rstrip(";"))
    for dialect in ("postgres", "mysql", None):
        try:
            trees = [tree for tree in sqlglot.parse(plain, read=dialect) if tree is not None]
        except (SqlglotError, RecursionError):
            continue
        found = [_of(tree) for tree in trees]
        if any(reads or writes for reads, writes in found):
            reads = {name for one, _ in found for name in one}
            writes = {name for _, one in found for name in one}
            return Statement(tuple(sorted(reads - writes)), tuple(sorted(writes)))
        return None
    return _by_pattern(plain)


def _of(tree: Any) -> tuple[set[str], set[str]]:
    from sqlglot import expressions

    named_here = {one.alias for one in tree.find_all(expressions.CTE)}
    tables = {_name(table) for table in tree.find_all(expressions.Table)} - named_here - {""}
    written: set[str] = set()
    changes = (expressions.Insert, expressions.Update, expressions.Delete, expressions.Merge)
    for change in tree.find_all(*changes):
        target = change.this.find(expressions.Table) if change.this is not None else None
        if target is not None:
            written.add(_name(target))
    if type(tree).__name__ in ("TruncateTable", "Create", "Drop", "Alter", "AlterTable"):
        written |= tables
    return tables - written, written - named_here - {""}


def _name(table: Any) -> str:
    # A name put together from pieces leaves a quote or nothing of itself.
    name = str(table.name).strip("`\"'[] ")
    return "" if name.upper() == "NULL" else name


def _by_pattern(text: str) -> Statement | None:
    """What no dialect parses (a fragment, a statement put together from pieces), by its key words."""
    writes = {match.rpartition(".")[2].strip('"`[]') for match in _WRITTEN.findall(text)}
    reads = {match.rpartition(".")[2].strip('"`[]') for match in _READ.findall(text)} - writes
    noise = {"null", "select", "set", "only", "lateral", "unnest"}
    reads, writes = ({name for name in names if name.lower() not in noise} for names in (reads, writes))
    return Statement(tuple(sorted(reads)), tuple(sorted(writes))) if reads or writes else None
