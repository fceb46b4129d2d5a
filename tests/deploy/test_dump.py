from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from strangler_deploy.dump import dump

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
_LINES = st.lists(st.text(st.sampled_from("ab: -#'\"{}\t|>%@`\\"), max_size=12), max_size=5).map("\n".join)
_SCALAR = (
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-9)
    | _TEXT
    | _LINES
)
_VALUE = st.recursive(
    _SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(_TEXT, _VALUE, min_size=1, max_size=4))
def test_yaml_1_1_and_1_2_readers_read_back_what_was_written(value: dict[str, Any]) -> None:
    text = dump(value)
    assert yaml.safe_load(text) == value
    assert YAML(typ="safe", pure=True).load(StringIO(text)) == value


@pytest.mark.parametrize(
    "text",
    ["true", "No", "on", "off", "Yes", "y", "1e3",
     "0x10", "012", "1_000", ".inf", "~", "null", "2026-11-23", "12:30", "=", "<<", "-", "?",
     "a: b", "a #b", "!tag", "&a", "*a", "%x", "@x", "`x`", "", " ", "'", '"', "\n", "a\n", "a\n\n",
     "a\nb\n\n", "\u2028", "\x85", "\ufeff"],
)  # fmt: skip
def test_what_could_be_read_as_something_else_stays_text(text: str) -> None:
    document = dump({"key": text, text or "x": [text]})
    assert yaml.safe_load(document) == {"key": text, text or "x": [text]}


def test_a_text_of_several_lines_is_readable() -> None:
    assert dump({"rego": "package a\n\nallow := true\n"}) == "rego: |\n  package a\n\n  allow := true\n"


def test_a_value_that_yaml_has_not_is_our_bug() -> None:
    with pytest.raises(TypeError, match="holds a object"):
        dump({"key": object()})
