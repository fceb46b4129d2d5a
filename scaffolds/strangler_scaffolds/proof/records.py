"""Reads what the probes wrote during a run."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Seen:
    """One run, by test: outcome, ways, why something was local; and by line of the service the tests that ran it."""

    vector: Mapping[str, str]
    ways: Mapping[str, frozenset[str]]
    reasons: Mapping[str, str]
    met: Mapping[tuple[str, int], frozenset[str]]


def read_records(folder: Path) -> Seen:
    """Everything that the processes of a run wrote into ``folder``."""
    vector: dict[str, str] = {}
    ways: dict[str, set[str]] = defaultdict(set)
    reasons: dict[str, str] = {}
    met: dict[tuple[str, int], set[str]] = defaultdict(set)
    for record in _records(folder):
        if record["kind"] == "outcome":
            vector[record["id"]] = record["outcome"]
        elif record["kind"] == "lines":
            for path, lines in record["lines"].items():
                for line in lines:
                    met[path, line].add(record["test"])
        elif record["kind"] == "call":
            ways[record["test"]].add(record["way"])
            if record["way"] == "local-only":
                reasons[record["test"]] = f"{record['ref']}: {record['reason']}"
    return Seen(vector, _frozen(ways), reasons, _frozen(met))


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def _frozen(sets: Mapping[_Key, set[str]]) -> dict[_Key, frozenset[str]]:
    return {key: frozenset(found) for key, found in sets.items()}
