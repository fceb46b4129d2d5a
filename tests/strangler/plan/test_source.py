from __future__ import annotations

import pytest

from strangler.errors import PlanError
from strangler.plan.source import duplicate_keys, parse

TEXT = "a: 1\nb:\n  c: [x,\n    y]\n  d: 2\n"


@pytest.mark.parametrize(
    ("path", "line"), [((), 1), (("a",), 1), (("b", "c"), 3), (("b", "c", 1), 4), (("b", "nowhere", 3), 2)]
)
def test_a_value_has_the_line_of_its_key_or_of_what_is_around_it(path: tuple[str | int, ...], line: int) -> None:
    assert parse(TEXT, "x").line(path) == line


def test_keys_that_are_listed_twice_are_found_at_any_depth() -> None:
    found = list(duplicate_keys(parse("a: {b: 1, b: 2}\nc: [{d: 1,\n  d: 2}]\n", "x")))
    assert sorted(str(finding.location) for finding in found) == ["x:1", "x:3"]


def test_an_alias_that_leads_back_does_not_hang() -> None:
    with pytest.raises(PlanError):
        parse("a: &x [*x", "x")


def test_a_mistake_says_where_that_begins_which_has_no_end() -> None:
    with pytest.raises(PlanError) as caught:
        parse("a: 1\nb: [x\nc: 2\n", "x")
    (finding,) = caught.value.findings
    assert finding.hint == "while parsing a flow sequence that begins on line 2"
