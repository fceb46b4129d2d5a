from __future__ import annotations

import json

import pytest

from strangler_facade.serialize import TableError, checked, from_json, to_json
from strangler_facade.table import (
    Condition,
    Forwarding,
    Match,
    Mirror,
    Route,
    RouteTable,
    Share,
    Split,
    StickyKey,
    Target,
)

TABLE = RouteTable(
    7,
    (Target("old", "http://127.0.0.1:1"), Target("new", "https://svc.example:2/base", connect_timeout=0.5)),
    "old",
    (
        Route(
            "api",
            Match(("/api/**",), headers=(Condition("X", "regex", "a+"),)),
            Split("old", (Share("new", 12.5),), (StickyKey("cookie", "sid"),), pinned=("acme",)),
            service="billing",
            fallback="old",
            mirror=Mirror("new", noise=5),
        ),
    ),
    Forwarding(trusted=("10.0.0.0/8",)),
)


def test_a_table_survives_json():
    text = json.dumps(to_json(TABLE))
    assert from_json(json.loads(text)) == TABLE
    assert text == json.dumps(to_json(from_json(json.loads(text))))


def test_what_is_at_its_default_is_left_out():
    assert to_json(TABLE)["targets"][0] == {"name": "old", "url": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other/1"}, ["format"]),
        ({"colour": 1}, ["colour"]),
        ({"version": "x"}, ["version"]),
        ({"default": "none"}, ["default", "'none'"]),
        ({"targets": [{"name": "old", "url": "ftp://a"}]}, ["target old", "'new'"]),
        ({"targets": [{"name": "a b", "url": "http://a"}]}, ["'a b'"]),
        ({"forwarding": {"trusted": ["10.0.0.1/8"], "served_by": "X Y"}}, ["trusted", "served_by"]),
    ],
)
def test_everything_wrong_with_a_table_is_said_at_once(change, words):
    with pytest.raises(TableError) as caught:
        from_json({**to_json(TABLE), **change})
    assert all(word in caught.value.message for word in words)


@pytest.mark.parametrize(
    ("route", "word"),
    [
        (Route("api", Match(("api",)), Split("old")), "begin"),
        (Route("api", Match(), Split("old", (Share("new", 60), Share("old", 60)))), "shares"),
        (Route("api", Match(), Split("old", (Share("new", -1),))), "shares"),
        (Route("api", Match(headers=(Condition("X", "regex", "("),)), Split("old")), "regex"),
        (Route("a b", Match(), Split("old")), "name"),
        (Route("api", Match(), Split("gone"), fallback="gone2"), "gone2"),
    ],
)
def test_a_route_must_make_sense(route, word):
    with pytest.raises(TableError, match=word):
        checked(RouteTable(1, TABLE.targets, "old", (route,)))


def test_two_routes_of_one_name_are_refused():
    with pytest.raises(TableError, match="twice"):
        checked(RouteTable(1, TABLE.targets, "old", TABLE.routes * 2))
