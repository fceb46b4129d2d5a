"""The rows of the reference architecture, read from ``rows.yaml`` beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

_BY_EXAMPLE = "test_reference.py::test_a_row_is_emitted_by_an_example"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is, what it is made of (kind, words in the file), the test, or why it is no resource."""

    number: int
    name: str
    made_of: tuple[tuple[str, str], ...]
    held: str
    no_resource: str


def rows() -> list[Row]:
    """Every row, in the order of the architecture."""
    text = (files("strangler_deploy.reference") / "rows.yaml").read_text(encoding="utf-8")
    return [_row(item) for item in yaml.safe_load(text)]


def _row(item: dict[str, Any]) -> Row:
    made_of = tuple((part["kind"], part.get("words", "")) for part in item.get("made_of", ()))
    return Row(item["row"], item["name"], made_of, item.get("held", _BY_EXAMPLE), item.get("no_resource", ""))
