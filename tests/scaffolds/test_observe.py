from __future__ import annotations

import sys
from pathlib import Path

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.errors import StranglerError
from strangler_scaffolds.probes.observing import type_of


def test_calls_over_the_border_are_seen_with_their_types(tmp_path: Path) -> None:
    root = small.lay_out(tmp_path)
    code = (
        "from shop.orders import service\nservice.order(['a', 'bc'])\n"
        "try:\n    service.order(['none'])\nexcept Exception:\n    pass\n"
    )
    status, seen = scaffolds.observe(small.analysis(), small.plan(), root, [sys.executable, "-c", code])
    (level,) = seen
    assert (status, level.ref, level.calls, level.most_calls) == (0, "shop.stock.service:level", 3, 3)
    assert level.arguments == {"sku": {"str": 3}}
    assert (level.returns, level.raises) == ({"int": 2}, {"shop.stock.service:Missing": 1})


def test_types_say_what_collections_hold_and_never_a_value() -> None:
    assert type_of([1, "secret"]) == "list[int | str]"
    assert type_of({"secret": [None]}) == "dict[str, list[NoneType]]"
    assert type_of(()) == "tuple"


def test_a_command_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StranglerError, match="cannot run"):
        scaffolds.observe(small.analysis(), small.plan(), small.lay_out(tmp_path), ["no-such-command"])
