"""The rows of the reference architecture: each is in an example, and held by a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler.plan import load, load_tenants
from strangler_deploy import render
from strangler_deploy.reference.page import find
from strangler_deploy.reference.rows import Row, rows

_ROOT = Path(__file__).parent.parent.parent
_ROWS = rows()


@pytest.fixture(scope="module")
def trees() -> dict[str, dict[str, str]]:
    folders = sorted((_ROOT / "docs/examples").iterdir())
    return {f.name: render(load(f / "strangler.yaml"), load_tenants(f / "tenants")) for f in folders}


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: f"{row.number}")
def test_a_row_is_emitted_by_an_example(row: Row, trees: dict[str, dict[str, str]]) -> None:
    if not row.made_of:
        assert len(row.no_resource) > 20
    for kind, words in row.made_of:
        assert find(trees, kind, words)


def test_no_row_is_left_out_and_nearly_all_are_resources() -> None:
    assert [row.number for row in _ROWS] == list(range(1, 67))
    assert sum(bool(row.made_of) for row in _ROWS) >= 63


def test_the_test_that_holds_a_row_exists() -> None:
    for row in _ROWS:
        if row.held and row.made_of:
            file, _, name = row.held.partition("::")
            text = (_ROOT / "tests/deploy" / file).read_text(encoding="utf-8")
            assert re.search(rf"^def {name}\(", text, re.MULTILINE), row.held


def test_a_kind_that_no_example_has_is_an_error(trees: dict[str, dict[str, str]]) -> None:
    with pytest.raises(StranglerError, match="no example has a Unicorn"):
        find(trees, "Unicorn", "")
