from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from strangler_facade.shadow.html import flatten


def test_texts_and_attributes_stand_under_the_path_of_their_element() -> None:
    page = b"<ul class=list><li>one<li>two</ul><form><input name=q value=x><input name=csrf value=y></form>"
    assert flatten(page) == {
        "ul@class": ["list"],
        "ul>li": ["one"],
        "ul>li>li": ["two"],
        "form>input[name=q]@value": ["x"],
        "form>input[name=csrf]@value": ["y"],
    }


def test_an_end_without_a_beginning_is_passed_over() -> None:
    assert flatten(b"</b><p>text</i></p>") == {"p": ["text"]}


@given(st.binary(max_size=300))
def test_nothing_is_too_broken_to_be_read(page: bytes) -> None:
    flatten(page)
    flatten(b"<" + page + b">")


def test_a_declaration_that_is_none_ends_the_page_and_keeps_what_came_before() -> None:
    assert flatten(b"<p>before</p><![>") == {"p": ["before"]}
