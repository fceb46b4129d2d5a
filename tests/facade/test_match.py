from __future__ import annotations

import pytest

from strangler_facade.match import PathPattern, Request, conditions_of, normalised, obstacles
from strangler_facade.table import Condition, Match


@pytest.mark.parametrize(
    ("template", "matching", "other"),
    [
        ("/a", [b"/a"], [b"/a/", b"/ab", b"/"]),
        ("/a/**", [b"/a", b"/a/", b"/a/b/c"], [b"/ab", b"/"]),
        ("/**", [b"/", b"/a"], []),
        ("/u/{id}", [b"/u/1"], [b"/u/", b"/u/1/2", b"/u"]),
        ("/u/{id}/orders/**", [b"/u/1/orders", b"/u/1/orders/2"], [b"/u/1/order", b"/u/orders"]),
        ("/f/*.pdf", [b"/f/a.pdf", b"/f/.pdf"], [b"/f/a/b.pdf", b"/f/a.pdfx"]),
        ("/a/**/z", [b"/a/b/z", b"/a/b/c/z"], [b"/a/b"]),
        ("/odd.+[x]", [b"/odd.+[x]"], [b"/oddd"]),
        ("/brace{", [b"/brace{"], [b"/brace"]),
    ],
)
def test_a_template_matches_segments_parts_and_rests(template, matching, other):
    pattern = PathPattern(template)
    assert [path for path in matching + other if pattern.matches(path)] == matching


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (b"/a/b", b"/a/b"),
        (b"/a//b", b"/a/b"),
        (b"/a/./b/../c", b"/a/c"),
        (b"/../../a", b"/a"),
        (b"/%61dmin", b"/admin"),
        (b"/a/%2e%2e/b", b"/b"),
        (b"/a%2fb", b"/a%2Fb"),
        (b"/a;v=1/b;x", b"/a/b"),
        (b"/a%3Bb", b"/a%3Bb"),
        (b"/a%00", b"/a%00"),
        (b"/a/", b"/a/"),
        (b"/a//", b"/a/"),
        (b"/%zz", b"/%zz"),
        (b"//", b"/"),
    ],
)
def test_a_path_is_normalised_for_matching(raw, seen):
    assert normalised(raw) == seen


LINES = b"X-One: 1\r\nAccept: text/html\r\nx-two:  b c \r\n"


def test_a_request_finds_its_fields_cookies_and_parameters():
    request = Request(b"GET", b"/p?a=1&b=%20&a=2", b"Shop.Example:80", LINES, b'a=1; sid="u 1"; xsid=no')
    assert request.header("x-two") == b"b c" and request.header("X-ONE") == b"1" and request.header("one") is None
    assert request.cookie_value("sid") == b"u 1" and request.cookie_value("id") is None
    assert request.query_value("a") == b"1" and request.query_value("b") == b" " and request.query_value("c") is None
    assert request.host_name() == "shop.example"
    assert Request(b"GET", b"/", b"[::1]:80").host_name() == "[::1]"


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Match(methods=("GET", "HEAD")), True),
        (Match(methods=("POST",)), False),
        (Match(hosts=("shop.example",)), True),
        (Match(hosts=("*.example",)), True),
        (Match(hosts=("*.shop.example",)), False),
        (Match(headers=(Condition("x-one", "equals", "1"),)), True),
        (Match(headers=(Condition("x-one", "equals", "2"),)), False),
        (Match(headers=(Condition("accept", "prefix", "text/"),)), True),
        (Match(headers=(Condition("accept", "regex", "text/.*"),)), True),
        (Match(headers=(Condition("accept", "regex", "text"),)), False),
        (Match(headers=(Condition("x-none", "absent"),)), True),
        (Match(headers=(Condition("x-one", "absent"),)), False),
        (Match(cookies=(Condition("beta"),)), True),
        (Match(query=(Condition("v", "equals", "2"),)), True),
        (Match(tenants=("acme",)), True),
        (Match(tenants=("other",)), False),
        (Match(claims=(Condition("role", "equals", "admin"),)), True),
        (Match(claims=(Condition("role", "prefix", "user"),)), False),
        (Match(claims=(Condition("org"),)), False),
        (Match(clients=("192.0.2.0/24", "10.0.0.0/8")), True),
        (Match(clients=("2001:db8::/32",)), False),
        (Match(methods=("GET",), cookies=(Condition("none"),)), False),
    ],
)
def test_every_part_of_a_match_must_hold(match, expected):
    request = Request(b"GET", b"/?v=2", b"shop.example:8080", LINES, b"beta=1", "192.0.2.7", claims={"role": "admin"})
    assert all(test(request) for test in conditions_of(match, lambda request: "acme")) is expected
    assert (not list(obstacles(match, lambda request: "acme", request))) is expected


def test_what_does_not_hold_is_named():
    match = Match(("/a",), ("x.test",), ("GET",), (Condition("x-one", "equals", "1"), Condition("X-Two", "absent")))
    request = Request(b"POST", b"/b", b"x.test", LINES)
    assert list(obstacles(match, lambda request: "", request)) == ["methods", "headers X-Two"]
