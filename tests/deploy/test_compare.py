from __future__ import annotations

from collections.abc import Callable

from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy import compare


def test_a_pool_shares_most_and_a_silo_nothing(make_plan: Callable[[str], Plan]) -> None:
    plan = make_plan("  tiers: {basic: {isolation: pool}, gold: {nodes: {dedicated: true}}}\n")
    others = {name: Tenant(id=name, tier="basic") for name in ("a", "b", "c")}
    pool, bridge, silo = compare(plan, others, Tenant(id="acme", tier="basic"))
    assert (pool.isolation, pool.nodes, pool.neighbours) == ("pool", 0, 3)
    assert (bridge.isolation, bridge.neighbours) == ("bridge", 3)
    assert (silo.isolation, silo.neighbours, silo.nodes) == ("silo", 0, 3)
    assert pool.objects < bridge.objects < silo.objects
    gold = compare(plan, others, Tenant(id="acme", tier="gold"))[1]
    assert gold.nodes >= 1
    assert gold.fullest is not None
    assert gold.fullest.limit == 100
