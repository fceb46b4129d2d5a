from __future__ import annotations

import itertools

from strangler_analyzers.seams.clusters.ensemble import ensemble
from strangler_analyzers.seams.clusters.leiden import Graph
from strangler_analyzers.seams.clusters.names import name_groups
from strangler_analyzers.seams.clusters.refine import dissolve, keep_apart, propagate
from strangler_analyzers.seams.clusters.stability import stabilities, stability
from strangler_analyzers.seams.signals.landscape import Pairs
from strangler_analyzers.seams.signals.ties import Ties


def two_cliques(bridge: float) -> Pairs:
    ties: Pairs = {pair: 1.0 for side in (range(4), range(4, 8)) for pair in itertools.combinations(side, 2)}
    ties[3, 4] = bridge
    return ties


def test_a_group_that_always_comes_out_is_wholly_stable() -> None:
    runs = [(0, 0, 1, 1), (0, 0, 1, 2)]
    assert stability([0, 1], runs) == 1.0
    assert stability([2, 3], runs) == 0.75


def test_several_groups_are_judged_as_one_by_one() -> None:
    runs = [(0, 0, 1, 1), (0, 1, 1, 1), (0, 0, 0, 0)]
    assert stabilities([[0, 1], [2, 3]], runs) == [stability([0, 1], runs), stability([2, 3], runs)]


def test_runs_agree_fully_on_what_is_tied_fully_and_hardly_on_a_bridge() -> None:
    runs = ensemble(Ties({"direct": two_cliques(0.5)}), range(8), 1.0, seed=0, agreement=1.0)
    assert runs.agreed[0, 1] == 1.0
    assert runs.agreed.get((3, 4), 0.0) < 0.5


def test_a_module_moves_to_the_group_that_clearly_holds_it_more() -> None:
    graph = Graph.of({(0, 1): 1.0, (1, 2): 2.0, (2, 3): 2.0, (1, 3): 2.0}, 4)
    assert propagate(graph, [0, 0, 1, 1], [False] * 4) == [1, 1, 1, 1]
    assert propagate(graph, [0, 0, 1, 1], [True] * 4) == [0, 0, 1, 1]


def test_the_modules_of_an_unsure_group_go_where_they_are_held_or_stand_alone() -> None:
    graph = Graph.of({(0, 1): 1.0, (1, 2): 1.0, (2, 3): 2.0, (4, 5): 1.0}, 6)
    assert dissolve(graph, [0, 0, 1, 1, 2, 2], {1, 2}, [False] * 6) == [0, 0, 0, 3, 4, 5]
    assert dissolve(graph, [0, 0, 1, 1, 2, 2], {1}, [False, False, True, True, False, False]) == [0, 0, 1, 1, 2, 2]


def test_modules_to_be_apart_take_their_neighbours_along() -> None:
    graph = Graph.of(two_cliques(1.0), 8)
    assert keep_apart(graph, [0] * 8, [(0, 7)], range(8)) == [0, 0, 0, 0, 1, 1, 1, 1]


def test_groups_are_named_after_the_folder_they_fill() -> None:
    modules = ["shop.cart.api", "shop.cart.models", "shop.web.cart", "shop.pay.api", "shop.pay.models"]
    topics = [{}, {}, {}, {"card": 1.0}, {}]
    assert name_groups([[0, 1, 2], [3, 4]], modules, topics, {}, folders=True) == ["cart", "pay"]


def test_without_folders_groups_are_named_after_what_they_are_about() -> None:
    topics = [{"card": 2.0, "money": 1.0}, {"card": 1.0}, {"card": 1.0, "money": 0.5}, {}]
    assert name_groups([[0, 1], [2], [3]], ["a", "b", "c", "d"], topics, {}, folders=False) == [
        "card",
        "money",
        "seam-3",
    ]


def test_a_pinned_name_comes_first() -> None:
    assert name_groups([[0], [1]], ["a.x", "a.x2"], [{}, {}], {1: "Über Billing"}, folders=True)[1] == "ber-billing"
