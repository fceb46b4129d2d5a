"""How far a proposal agrees with a known decomposition: MoJoFM and adjusted mutual information.

MoJoFM: Wen and Tzerpos, 2004. Adjusted mutual information: Vinh, Epps and Bailey, 2010, arithmetic mean.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping

import networkx as nx

Labels = Mapping[str, Hashable]


def mojofm(proposed: Labels, truth: Labels) -> float:
    """100 * (1 - moves and joins to the truth / the most that any proposal needs)."""
    overlap: dict[Hashable, Counter[Hashable]] = {}
    for name, label in truth.items():
        overlap.setdefault(proposed[name], Counter())[label] += 1
    graph = nx.Graph()
    groups = [("proposed", group) for group in overlap]
    moves = 0
    for group, counts in overlap.items():
        most = max(counts.values())
        moves += counts.total() - most
        graph.add_edges_from((("proposed", group), ("truth", label)) for label in counts if counts[label] == most)
    matched = len(nx.bipartite.hopcroft_karp_matching(graph, groups)) // 2
    furthest = 0
    for size in sorted(Counter(truth.values()).values()):
        furthest += furthest < size
    worst = len(truth) - furthest
    return 100 * (1 - (moves + len(overlap) - matched) / worst) if worst else 100.0


def ami(proposed: Labels, truth: Labels) -> float:
    """Mutual information above what groups of these sizes share by chance; 1 is agreement, 0 is chance."""
    total = len(truth)
    mine, theirs = Counter(proposed[name] for name in truth), Counter(truth.values())
    both = Counter((proposed[name], label) for name, label in truth.items())
    shared = sum(n / total * math.log(total * n / (mine[a] * theirs[b])) for (a, b), n in both.items())
    entropy = (_entropy(mine, total) + _entropy(theirs, total)) / 2
    chance = _expected(Counter(mine.values()), Counter(theirs.values()), total)
    return (shared - chance) / (entropy - chance) if abs(entropy - chance) > 1e-12 else 1.0


def _entropy(counts: Counter[Hashable], total: int) -> float:
    return -sum(n / total * math.log(n / total) for n in counts.values())


def _expected(mine: Counter[int], theirs: Counter[int], total: int) -> float:
    """The expected mutual information of random groups of these sizes; equal sizes are worked out once."""
    log = math.lgamma
    expected = 0.0
    for a, times_a in mine.items():
        for b, times_b in theirs.items():
            fixed = log(a + 1) + log(b + 1) + log(total - a + 1) + log(total - b + 1) - log(total + 1)
            for n in range(max(1, a + b - total), min(a, b) + 1):
                ways = log(n + 1) + log(a - n + 1) + log(b - n + 1) + log(total - a - b + n + 1)
                share = n / total * math.log(total * n / (a * b)) * math.exp(fixed - ways)
                expected += times_a * times_b * share
    return expected
