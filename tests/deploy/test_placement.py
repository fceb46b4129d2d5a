from __future__ import annotations

from collections.abc import Callable

from strangler.plan import Plan
from strangler.plan.platform import Quota, Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.placement import place


def test_a_tenants_own_words_come_before_its_tiers(make_plan: Callable[[str], Plan]) -> None:
    plan = make_plan("  tiers: {gold: {quota: {cpu: '16', pods: 60}}}\n")
    quota = place(Estate(plan), Tenant(id="acme", tier="gold", quota=Quota(pods=90))).tier.quota
    assert (quota.cpu, quota.pods) == ("16", 90)


def test_a_namespace_is_never_one_of_the_systems(plan: Plan) -> None:
    assert place(Estate(plan), Tenant(id="kube-system")).namespace == "tenant-kube-system"


def test_a_silo_has_the_cluster_that_is_dedicated_to_it_or_one_of_its_own(make_plan: Callable[[str], Plan]) -> None:
    estate = Estate(make_plan("  clusters: {a: {}, d: {dedicated_to: acme}}\n"))
    own = place(estate, Tenant.model_validate({"id": "acme", "isolation": "silo"}))
    new = place(
        estate, Tenant.model_validate({"id": "globex", "isolation": "silo", "contract": {"residency": "eu-west-3"}})
    )
    assert (own.site.name, own.own_cluster) == ("d", False)
    assert (new.site.name, new.own_cluster, new.site.region) == ("silo-globex", True, "eu-west-3")


def test_the_tenants_of_a_pool_share_a_namespace(make_plan: Callable[[str], Plan]) -> None:
    estate = Estate(make_plan("  tiers: {basic: {isolation: pool}}\n"))
    assert {place(estate, Tenant(id=name, tier="basic")).namespace for name in ("a", "b")} == {"pool-basic"}
