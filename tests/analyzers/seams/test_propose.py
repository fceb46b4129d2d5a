from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

from strangler.analysis import Analysis, Edge, dumps
from strangler_analyzers import SeamOptions, propose

ORDER = frozenset(f"m.order.{part}" for part in ("models", "service", "api", "tasks"))
INVOICE = frozenset(f"m.invoice.{part}" for part in ("models", "service", "api", "tasks"))
BLIND = SeamOptions(names=False)


def test_two_domains_come_out_as_two_seams(
    shop: Analysis, groups_of: Callable[[Analysis], set[frozenset[str]]]
) -> None:
    found = {group - {"m.clock"} for group in groups_of(propose(shop, BLIND))}
    assert found == {ORDER, INVOICE}


def test_tests_belong_to_no_seam(shop: Analysis) -> None:
    assert not any("tests.test_order" in seam.modules for seam in propose(shop).seams)


def test_seams_are_disjoint_and_modules_know_theirs(shop: Analysis) -> None:
    proposed = propose(shop)
    members = [module for seam in proposed.seams for module in seam.modules]
    assert len(members) == len(set(members))
    known = {module.name: module.seam for module in proposed.modules}
    assert all(known[module] == seam.id for seam in proposed.seams for module in seam.modules)


def test_the_cut_is_exactly_the_edges_over_the_border(shop: Analysis) -> None:
    def crosses(edge: Edge, own: set[str]) -> bool:
        return (edge.source in own) != (edge.target in own)

    for seam in propose(shop).seams:
        own = set(seam.modules)
        expected = [(edge.source, edge.target, edge.kind) for edge in shop.edges if crosses(edge, own)]
        assert [(edge.source, edge.target, edge.kind) for edge in seam.cut] == expected
        assert all(edge.remedy for edge in seam.cut)


def test_the_order_counts_from_one_without_gaps(shop: Analysis) -> None:
    assert [seam.order for seam in propose(shop).seams] == [1, 2]


def test_the_order_of_the_input_changes_nothing(shop: Analysis) -> None:
    shuffled = random.Random(4)
    edges, modules = list(shop.edges), list(shop.modules)
    shuffled.shuffle(edges)
    shuffled.shuffle(modules)
    again = propose(dataclasses.replace(shop, edges=tuple(edges), modules=tuple(modules)), BLIND)
    first = propose(shop, BLIND)
    assert [(seam.id, seam.modules, seam.score) for seam in again.seams] == [
        (seam.id, seam.modules, seam.score) for seam in first.seams
    ]


def test_the_same_input_gives_the_same_bytes(shop: Analysis) -> None:
    assert dumps(propose(shop)) == dumps(propose(shop))


def test_what_crosses_is_listed_with_its_lines(shop: Analysis) -> None:
    seam = next(seam for seam in propose(shop, BLIND).seams if "m.invoice.models" in seam.modules)
    assert [entry["evidence"] for entry in seam.details["foreign_keys"]] == [["m/invoice/models.py:7"]]
    assert [entry["evidence"] for entry in seam.details["calls_in_loops"]] == [["m/invoice/service.py:20"]]
    assert [entry["evidence"] for entry in seam.details["transactions"]] == [["m/invoice/service.py:25"]]
    assert [entry["evidence"] for entry in seam.details["foreign_tables"]] == [["m/invoice/service.py:31"]]


def test_effort_is_crossings_by_kind_times_their_price(shop: Analysis) -> None:
    for seam in propose(shop).seams:
        assert sum(line["points"] for line in seam.details["effort"]) == seam.metrics["effort"]
        assert all(line["count"] * line["cost"] == line["points"] for line in seam.details["effort"])


def test_a_route_that_reaches_outside_is_not_served_inside(shop: Analysis) -> None:
    partly = {route for seam in propose(shop, BLIND).seams for route in seam.details["routes_partly"]}
    assert partly == {"POST /invoices"}


def test_an_analysis_without_modules_gets_no_seams() -> None:
    assert propose(Analysis(version="1")).seams == ()
