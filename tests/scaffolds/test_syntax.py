from __future__ import annotations

import ast

import pytest

from strangler.errors import StranglerError
from strangler_scaffolds.syntax import bound_in, is_for_types, texts_in


def test_every_text_of_a_file_is_found() -> None:
    assert set(texts_in(b"x = 'a.b'\n\n\ndef f(y='c', z=b'no'):\n    return f'd{y}'\n", "m.py")) == {"a.b", "c", "d"}


def test_a_file_that_cannot_be_read_is_named() -> None:
    with pytest.raises(StranglerError, match="cannot parse"):
        list(texts_in(b"def (:\n", "m.py"))


@pytest.mark.parametrize(("test", "found"), [("TYPE_CHECKING", True), ("typing.TYPE_CHECKING", True), ("DEBUG", False)])
def test_what_only_type_checkers_read_is_known_by_its_condition(test: str, found: bool) -> None:
    assert is_for_types(ast.parse(f"if {test}:\n    import x\n").body[0]) == found


def test_the_names_of_a_module_are_those_bound_at_its_top_level() -> None:
    text = (
        "import a.b, c as d\nfrom e import f, g as h\nx = y = 1\nz: int = 2\ndef i():\n    j = 1\nclass K: ...\n"
        "try:\n    import l\nexcept ImportError:\n    m = None\nif x:\n    async def n(): ...\n"
    )
    assert bound_in(ast.parse(text)) == set("adfhxyziKlmn")
