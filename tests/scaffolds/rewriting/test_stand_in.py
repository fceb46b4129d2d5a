from __future__ import annotations

import pytest

from strangler_scaffolds.rewriting import StandIn, slice_module
from strangler_scaffolds.sources import Text

STAND_IN = StandIn("service.elsewhere", "elsewhere", {"path": (1, "view")})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from gone import v\nurls = [path('a', v.one, name='a')]\n",
            "from service.elsewhere import elsewhere\nurls = [path('a', elsewhere, name='a')]\n",
        ),
        (
            '"""Doc."""\nfrom __future__ import annotations\nfrom gone import v\nurls = [u.path("a", wrap(v.one))]\n',
            '"""Doc."""\nfrom __future__ import annotations\nfrom service.elsewhere import elsewhere\n'
            'urls = [u.path("a", elsewhere)]\n',
        ),
        ("from gone import v\nurls = [path(v.where, here), 1]\n", "urls = [1]\n"),
        ("from kept import v\nurls = [path('a', v.one)]\n", "from kept import v\nurls = [path('a', v.one)]\n"),
        (
            "from gone import v\nurls = [path('a', inc([path('b', v.one)]))]\n",
            "from service.elsewhere import elsewhere\nurls = [path('a', inc([path('b', elsewhere)]))]\n",
        ),
    ],
)
def test_an_argument_that_is_gone_is_stood_in_for_where_the_call_is_meant(before: str, after: str) -> None:
    text = Text(before, "utf-8")
    done = slice_module(text, lambda name: not name.startswith("gone"), module="m", stand_in=STAND_IN)
    assert (done.text.content, done.stuck) == (after, ())
