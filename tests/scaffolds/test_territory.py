from __future__ import annotations

import dataclasses

import small

from strangler.analysis import State
from strangler_scaffolds.territory import matches, parents, survey


def test_patterns_mean_a_module_or_everything_below_it() -> None:
    assert matches("shop.a.b", ["shop.a.*"])
    assert not matches("shop.a", ["shop.a.*"])
    assert matches("shop.a", ["shop.a"])
    assert not matches("shop.ab", ["shop.a.*", "shop.a"])


def test_pure_code_that_the_seam_needs_becomes_the_library() -> None:
    territory = survey(small.analysis(), small.plan(), "stock")
    assert territory.moved == {"shop.stock", "shop.stock.service", "shop.stock.api"}
    assert territory.shared == {"shop", "shop.clock"}


def test_a_module_that_keeps_state_is_no_library_unless_the_plan_says_so() -> None:
    state = State("s", "shop.clock", "NOW", "container", (), ("shop.clock:today",))
    document = dataclasses.replace(small.analysis(), state=(state,))
    assert "shop.clock" not in survey(document, small.plan(), "stock").shared
    named = small.plan(small.PLAN + "    shared: [shop.clock]\n")
    assert "shop.clock" in survey(document, named, "stock").shared


def test_what_is_named_in_full_is_in_the_library_though_nothing_imports_it() -> None:
    named = small.plan(small.PLAN + "    shared: [shop.orders.models]\n")
    assert "shop.orders.models" in survey(small.analysis(), named, "stock").shared
    below = small.plan(small.PLAN + "    shared: [shop.orders.*]\n")
    assert "shop.orders.models" not in survey(small.analysis(), below, "stock").shared


def test_parents_come_from_the_outside_in() -> None:
    assert list(parents("a.b.c")) == ["a", "a.b"]
