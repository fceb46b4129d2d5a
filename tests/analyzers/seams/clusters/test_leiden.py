from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from strangler_analyzers.seams.clusters.leiden import Graph, leiden
from strangler_analyzers.seams.signals.landscape import Pairs


def clique(first: int, size: int) -> Pairs:
    return {pair: 1.0 for pair in itertools.combinations(range(first, first + size), 2)}


def ring_of_cliques(count: int, size: int) -> Pairs:
    ties: Pairs = {}
    for number in range(count):
        ties.update(clique(number * size, size))
        one, other = sorted((number * size, ((number + 1) % count) * size + 1))
        ties[one, other] = 1.0
    return ties


def modularity(ties: Pairs, groups: tuple[int, ...]) -> float:
    total = 2 * sum(ties.values())
    strength = [0.0] * len(groups)
    inside = 0.0
    for (one, other), weight in ties.items():
        strength[one] += weight
        strength[other] += weight
        inside += 2 * weight * (groups[one] == groups[other])
    mass = [sum(s for s, g in zip(strength, groups, strict=True) if g == group) for group in set(groups)]
    return inside / total - sum((part / total) ** 2 for part in mass)


def test_a_ring_of_cliques_falls_into_its_cliques() -> None:
    groups = leiden(Graph.of(ring_of_cliques(6, 5), 30), 1.0, seed=1)
    assert groups == tuple(number for number in range(6) for _ in range(5))


def test_a_higher_resolution_never_gives_fewer_groups_here() -> None:
    graph = Graph.of(ring_of_cliques(8, 4), 32)
    counts = [len(set(leiden(graph, resolution, seed=1))) for resolution in (0.05, 0.5, 1.0, 4.0, 20.0)]
    assert counts == sorted(counts)


def test_nodes_without_ties_stay_alone() -> None:
    assert leiden(Graph.of({}, 3), 1.0, seed=1) == (0, 1, 2)
    assert leiden(Graph.of({(0, 1): 1.0}, 4), 1.0, seed=1) == (0, 0, 1, 2)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1]),
        st.floats(0.1, 5),
        min_size=1,
    ),
    st.integers(0, 5),
)
def test_it_is_never_worse_than_one_group_or_none(ties: Pairs, seed: int) -> None:
    groups = leiden(Graph.of(ties, 12), 1.0, seed=seed)
    found = modularity(ties, groups)
    assert found >= modularity(ties, tuple(range(12))) - 1e-9
    assert found >= modularity(ties, (0,) * 12) - 1e-9
    assert leiden(Graph.of(ties, 12), 1.0, seed=seed) == groups
