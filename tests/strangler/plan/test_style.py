from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler.plan.source import parse
from strangler.plan.style import block, flow

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES)
def test_any_value_is_read_back_from_one_line(value: object) -> None:
    assert parse(flow(value), "x").data == value


@given(st.dictionaries(_TEXT, _VALUES, min_size=1, max_size=3))
def test_any_mapping_is_read_back_from_a_block(value: dict[str, object]) -> None:
    assert parse(block(value, 4), "x").data == value


@pytest.mark.parametrize("text", ["shop.billing.*", "/api/v1/**", "team-money", "a_b"])
def test_ordinary_names_have_no_quotes(text: str) -> None:
    assert flow(text) == text


@pytest.mark.parametrize("text", ["true", "No", "1e3", "~", "", "a: b", "#x", "- a", "/{id}", "x y"])
def test_what_yaml_would_read_otherwise_is_quoted(text: str) -> None:
    assert flow(text) == f'"{text}"'
