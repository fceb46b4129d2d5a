from __future__ import annotations

import pytest

from strangler.errors import StranglerError
from strangler_analyzers import explain

FILES = {
    "shop/__init__.py": "",
    "shop/a/__init__.py": "",
    "shop/a/x.py": "from shop.b import y\ny.f()\n",
    "shop/b/__init__.py": "",
    "shop/b/y.py": "from shop import c\ndef f(): ...\n",
    "shop/c.py": "",
    "shop/d.py": "",
}


def test_packages_are_tied_by_what_their_modules_do(look) -> None:
    tie = explain(look(FILES), "shop.a", "shop.b")
    assert [(edge.kind, edge.source, edge.target) for edge in tie.there] == [
        ("call", "shop.a.x", "shop.b.y"),
        ("import", "shop.a.x", "shop.b.y"),
    ]
    assert tie.back == ()


def test_where_there_is_no_direct_tie_the_shortest_way_is_shown(look) -> None:
    tie = explain(look(FILES), "shop.a.x", "shop.c")
    assert [edge.target for edge in tie.way] == ["shop.b.y", "shop.c"]


def test_what_is_not_tied_has_no_way(look) -> None:
    tie = explain(look(FILES), "shop.a.x", "shop.d")
    assert (tie.there, tie.back, tie.way) == ((), (), ())


def test_an_unknown_name_is_an_error_with_a_near_one(look) -> None:
    with pytest.raises(StranglerError) as caught:
        explain(look(FILES), "a.y", "shop.c")
    assert "shop.b.y" in caught.value.hint
