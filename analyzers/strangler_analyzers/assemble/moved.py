"""A document after a file changed in nothing but the lines it says things on: the same, with its places moved."""

from __future__ import annotations

import dataclasses
from typing import Any

from strangler.analysis import Analysis, edited, replaced
from strangler_analyzers.facts import Facts, Moves
from strangler_analyzers.gather import Gathered


def moved(analysis: Analysis, now: Gathered, old: Facts, moves: Moves) -> Analysis | None:
    """What a run from nothing gives when a file is as it is ``now`` and was ``old``; None if it cannot be told."""
    path, new = now.source.path, now.facts
    change = _Change(path, moves, {"sha256": now.sha256, "loc": new.loc})
    try:
        found = edited(analysis, path, change)
    except KeyError:
        # A place that is in none of the facts: somebody works lines out, and what of is not known here.
        return None
    stats = {**analysis.stats, "loc": analysis.stats["loc"] - old.loc + new.loc}
    # Named by their lines, and in the order of their names.
    transactions = sorted(found.transactions, key=lambda one: one.id)
    return replaced(found, stats=stats, transactions=tuple(transactions))


@dataclasses.dataclass(frozen=True, slots=True)
class _Change:
    """Moves the places of one file in a record; ``module`` is what is new about the file itself."""

    path: str
    moves: Moves
    module: dict[str, Any]

    def __call__(self, record: dict[str, Any]) -> None:
        self._place(record)
        if record.get("path") == self.path and "sha256" in record:
            record.update(self.module)
        elif "in_transaction" in record and self._is_here(record):
            record["in_transaction"] = self._named(record["in_transaction"])
        elif "tables" in record and "id" in record and self._is_here(record):
            record["id"] = self._named(record["id"])

    def _place(self, value: Any) -> None:
        """Move the places in ``value``, however deep."""
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self._place(inner)
        if isinstance(value, dict) and value.get("path") == self.path and value.get("line"):
            if "end_line" in value:
                value["end_line"] = self.moves.ends[value["line"], value["end_line"]]
            value["line"] = self.moves.lines[value["line"]]

    def _is_here(self, record: dict[str, Any]) -> bool:
        return any(place["path"] == self.path for place in record["evidence"])

    def _named(self, transaction: str | None) -> str | None:
        """A transaction is called after its function and its line."""
        if transaction is None:
            return None
        function, _, line = transaction.rpartition("@")
        return f"{function}@{self.moves.lines[int(line)]}"
