from __future__ import annotations

import dataclasses

import pytest

from strangler_facade.table import Match, Route, Share, Split, Target, ordered


def split(percent):
    return Split("old", (Share("new", percent),))


def test_order_puts_long_literals_and_exact_paths_first():
    routes = [
        Route(name, Match((path,)), split(0)) for name, path in [("c", "/**"), ("b", "/a/**"), ("a", "/a/{id}/x")]
    ]
    assert [route.name for route in ordered(routes)] == ["a", "b", "c"]
    exact, wild = Route("z", Match(("/a/",)), split(0)), Route("a", Match(("/a/**",)), split(0))
    assert ordered([wild, exact])[0] is exact


def test_a_table_is_a_value():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Target("old", "http://a").name = "new"
    assert Target("old", "http://a") == Target("old", "http://a")
    assert len({Target("old", "http://a"), Target("old", "http://a"), Target("old", "http://b")}) == 2
