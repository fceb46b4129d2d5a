from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler_facade.shadow.compare import Side, compare

JSON = ("Content-Type", "application/json")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def answer(body: object = b"", *headers: tuple[str, str], status: int = 200, **more: Any) -> Side:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Side(status, headers or (JSON,), data, **more)


def found(old: object, new: object) -> list[tuple[str, str]]:
    return [(difference.field, difference.kind) for difference in compare(answer(old), answer(new))]


@pytest.mark.parametrize(
    ("old", "new", "differences"),
    [
        ({"a": 1}, {"a": 2}, [("json:$.a", "value")]),
        ({"a": 1}, {"a": "1"}, [("json:$.a", "type")]),
        ({"a": 1}, {"a": None}, [("json:$.a", "type")]),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": True}, {"a": 1}, [("json:$.a", "type")]),
        ({"a": 1, "b": 2}, {"a": 1}, [("json:$.b", "missing")]),
        ({"a": 1}, {"a": 1, "b": 2}, [("json:$.b", "added")]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [("json:$.a[]", "order")]),
        ({"a": [1, 2]}, {"a": [1]}, [("json:$.a[]", "length")]),
        ([{"p": 1}, {"p": 2}], [{"p": 1}, {"p": 3}], [("json:$[].p", "value")]),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}, []),
    ],
)
def test_json_differs_by_field_and_kind(old: object, new: object, differences: list[tuple[str, str]]) -> None:
    assert found(old, new) == differences


@given(VALUES, VALUES)
def test_json_differs_exactly_where_it_is_not_equal(old: Any, new: Any) -> None:
    same = json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)
    assert (found(old, new) == []) is same


@given(VALUES, VALUES)
def test_the_differences_the_other_way_round_are_in_the_same_fields(old: Any, new: Any) -> None:
    assert {field for field, _ in found(old, new)} == {field for field, _ in found(new, old)}


def test_status_and_headers_are_fields_and_transport_is_not() -> None:
    old = answer(b"", ("Cache-Control", "no-store"), ("Date", "now"), ("Server", "gunicorn"), ("X-Old", "1"))
    new = answer(b"", ("cache-control", "private"), ("Date", "later"), ("X-New", "1"), status=404)
    assert [(d.field, d.kind, d.old, d.new) for d in compare(old, new)] == [
        ("header:cache-control", "value", "no-store", "private"),
        ("header:x-new", "added", "", "1"),
        ("header:x-old", "missing", "1", ""),
        ("status", "value", "200", "404"),
    ]


def test_each_cookie_that_is_set_is_a_field_of_its_own() -> None:
    old = answer(b"", ("Set-Cookie", "sid=1; Path=/"), ("Set-Cookie", "theme=dark"))
    new = answer(b"", ("Set-Cookie", "theme=dark"))
    assert [d.field for d in compare(old, new)] == ["header:set-cookie:sid"]


def test_no_answer_is_a_difference_by_itself() -> None:
    (difference,) = compare(answer({"a": 1}), answer(b"", status=0, error="connection refused"))
    assert (difference.field, difference.kind, difference.new) == ("answer", "error", "connection refused")


def test_a_body_that_was_cut_off_is_not_compared() -> None:
    assert compare(answer({"a": 1}), answer({"a": 2}, truncated=True)) == ()


def test_bodies_that_are_not_what_they_say_are_compared_as_bytes() -> None:
    assert found(b"{broken", b"{broker") == [("body", "value")]


def test_deep_json_does_not_exhaust_the_stack() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    assert found(deep, b"[]")[0][0] in ("body", "json:$[]")


def test_html_differs_by_element_and_attribute() -> None:
    html = ("Content-Type", "text/html; charset=utf-8")
    old = b'<html><body><h1>Invoices</h1><a href="/7">seven</a><input name="csrf" value="x"></body></html>'
    new = b'<html><body><h1>Invoice</h1>\n <a href="/8">seven</a><input name="csrf" value="y"></body></html>'
    assert [(d.field, d.old, d.new) for d in compare(answer(old, html), answer(new, html))] == [
        ("html:html>body>a@href", "/7", "/8"),
        ("html:html>body>h1", "Invoices", "Invoice"),
        ("html:html>body>input[name=csrf]@value", "x", "y"),
    ]


def test_white_space_in_html_is_no_difference() -> None:
    html = ("Content-Type", "text/html")
    assert compare(answer(b"<p>a  b</p>", html), answer(b"<p>\n a b </p>", html)) == ()


def test_fields_that_are_sets_have_no_order() -> None:
    def fields(*headers: tuple[str, str]) -> Side:
        return Side(200, headers)

    methods = "Access-Control-Allow-Methods"
    old = fields(("Vary", "Cookie, Accept"), (methods, "GET, POST"), ("X-List", "a, b"))
    same = fields(("vary", "accept"), ("vary", "cookie"), (methods, "POST, GET"), ("X-List", "b, a"))
    assert [difference.field for difference in compare(old, same)] == ["header:x-list"]
    fewer = fields(("Vary", "Cookie"), (methods, "GET, POST"), ("X-List", "a, b"))
    assert [difference.field for difference in compare(old, fewer)] == ["header:vary"]
