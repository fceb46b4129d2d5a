"""The kinds of objects, each by what people get wrong about it."""

from __future__ import annotations

import pytest

from strangler.plan import RoutePattern
from strangler.plan.platform import Cluster, Gateway, Limits, Nodes, Quota
from strangler_deploy.kinds.network.gateway import controller
from strangler_deploy.kinds.network.policy import pods
from strangler_deploy.kinds.network.route import Backend, Door, is_pattern, routes
from strangler_deploy.kinds.nodes.pool import node_pool
from strangler_deploy.kinds.workloads.namespace import limit_range, resource_quota


def test_pods_of_another_namespace_are_one_item_so_that_both_must_hold() -> None:
    peer = pods("orders", "billing", namespace="backend")
    assert set(peer) == {"namespaceSelector", "podSelector"}
    assert peer["podSelector"]["matchExpressions"][0]["values"] == ["billing", "orders"]


def test_a_quota_counts_requests_and_limits_and_what_costs_money() -> None:
    hard = resource_quota("quota", "acme", Quota(cpu="8"), origin="").body["spec"]["hard"]
    assert hard["requests.cpu"] == hard["limits.cpu"] == "8"
    assert hard["services.loadbalancers"] == "0"


def test_a_largest_container_comes_with_a_default_below_it() -> None:
    item = limit_range("limits", "acme", Limits(), origin="").body["spec"]["limits"][0]
    assert item["max"] != item["default"]
    assert item["default"]["cpu"] == "500m"


@pytest.mark.parametrize(
    ("cluster", "wanted"),
    [
        ({}, "eks.amazonaws.com/gateway-alb"),
        ({"compute": "nodegroups"}, "gateway.k8s.aws/alb"),
        ({"local": True}, "gateway.envoyproxy.io/gatewayclass-controller"),
    ],
)
def test_a_gateway_is_for_the_controller_of_its_cluster(cluster: dict[str, object], wanted: str) -> None:
    assert controller(Cluster.model_validate(cluster), Gateway()) == wanted


@pytest.mark.parametrize(
    ("template", "kind", "value"),
    [
        ("/health", "Exact", "/health"),
        ("/orders/**", "PathPrefix", "/orders"),
        ("/**", "PathPrefix", "/"),
        ("/a/{id}/b", "RegularExpression", "^/a/[^/]+/b$"),
        ("/a/*.css", "RegularExpression", r"^/a/[^/]*\.css$"),
        ("/a/{id}/**", "RegularExpression", "^/a/[^/]+/.*$"),
    ],
)
def test_a_route_template_matches_what_it_says(template: str, kind: str, value: str) -> None:
    door = Door("public", "acme.example.com")
    made = list(routes("r", "acme", door, [RoutePattern(path=template)], [Backend("s", 1)], origin=""))
    assert made[0].body["spec"]["rules"][0]["matches"] == [{"path": {"type": kind, "value": value}}]
    assert is_pattern(template) == (kind == "RegularExpression")


def test_many_routes_are_several_objects_of_sixteen_rules() -> None:
    patterns = [RoutePattern(path=f"/a{n}", methods=("GET", "POST")) for n in range(100)]
    made = list(routes("r", "acme", Door("public", "h"), patterns, [Backend("s", 1)], origin=""))
    rules = [rule for route in made for rule in route.body["spec"]["rules"]]
    assert all(len(route.body["spec"]["rules"]) <= 16 for route in made)
    assert sum(len(rule["matches"]) for rule in rules) == 200
    assert [route.name for route in made] == ["r", "r-1"]


def test_a_pool_of_machines_asks_for_types_or_for_families_with_the_labels_of_auto_mode() -> None:
    def keys(nodes: Nodes) -> set[str]:
        pool = node_pool("p", nodes, labels={}, taint=None, origin="")
        return {item["key"] for item in pool.body["spec"]["template"]["spec"]["requirements"]}

    assert "node.kubernetes.io/instance-type" in keys(Nodes(types=("m6i.large",)))
    assert {"eks.amazonaws.com/instance-category", "eks.amazonaws.com/instance-size"} <= keys(Nodes())
