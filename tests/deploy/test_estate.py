from __future__ import annotations

from collections.abc import Callable

from strangler.plan import Plan
from strangler_deploy.estate import Estate

from .conftest import DIGEST


def test_without_a_control_cluster_the_only_one_is_it(plan: Plan) -> None:
    assert Estate(plan).control.name == "main"


def test_a_declared_digest_takes_the_place_of_the_tag(plan: Plan) -> None:
    assert Estate(plan).units["billing"].image == f"registry.example.com/billing@{DIGEST}"


def test_the_monolith_is_where_the_plan_says_unless_the_platform_knows_better(
    plan: Plan, make_plan: Callable[[str], Plan]
) -> None:
    found = Estate(plan).monolith
    assert found is not None
    assert (found.host, found.port, found.tls) == ("10.80.1.5", 8000, False)
    other = Estate(make_plan("  monolith: {host: shop.corp.example, port: 443, tls: true}\n")).monolith
    assert other is not None
    assert (other.host, other.port, other.tls) == ("shop.corp.example", 443, True)


def test_tenants_are_placed_on_application_clusters_that_are_nobodys_own(make_plan: Callable[[str], Plan]) -> None:
    plan = make_plan("  clusters: {c: {role: control}, a: {}, b: {}, d: {dedicated_to: acme}}\n")
    assert Estate(plan).shared_sites == ("a", "b")
    assert Estate(plan).control.name == "c"
