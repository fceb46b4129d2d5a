"""What is made for a cluster, a namespace, a tenant."""

from __future__ import annotations

from collections.abc import Callable

import yaml

from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy import render


def _kinds(tree: dict[str, str], folder: str) -> set[str]:
    return {path.removeprefix(folder).partition("-")[0] for path in tree if path.startswith(folder)}


def test_auto_mode_is_told_to_enforce_network_policies_and_another_cluster_is_not(
    plan: Plan, make_plan: Callable[[str], Plan]
) -> None:
    switch = "kube-system.configmap-amazon-vpc-cni.yaml"
    assert f"clusters/main/{switch}" in render(plan, {})
    assert f"clusters/a/{switch}" not in render(make_plan("  clusters: {a: {compute: nodegroups}}\n"), {})


def test_the_proxy_leads_to_the_monolith_and_nowhere_else(plan: Plan) -> None:
    tree = render(plan, {})
    configuration = yaml.safe_load(tree["clusters/main/platform-ingress.configmap-monolith-proxy.yaml"])["data"]
    assert "server 10.80.1.5:8000;" in configuration["nginx.conf"]
    policy = yaml.safe_load(tree["clusters/main/platform-ingress.networkpolicy-monolith-proxy-out.yaml"])
    assert policy["spec"]["egress"] == [
        {"to": [{"ipBlock": {"cidr": "10.80.1.5/32"}}], "ports": [{"port": 8000, "protocol": "TCP"}]}
    ]


def test_a_tenant_with_machines_of_its_own_is_the_only_one_on_them(make_plan: Callable[[str], Plan]) -> None:
    plan = make_plan("  tiers: {gold: {nodes: {dedicated: true, capacity: [spot]}}}\n")
    tree = render(plan, {"acme": Tenant(id="acme", tier="gold")})
    pool = yaml.safe_load(tree["tenants/acme/platform/nodepool-tenant-acme.yaml"])["spec"]["template"]
    pod = yaml.safe_load(tree["tenants/acme/app/deployment-orders.yaml"])["spec"]["template"]["spec"]
    assert pool["metadata"]["labels"] == pod["nodeSelector"] == {"saas/tenant": "acme"}
    assert pool["spec"]["taints"][0]["value"] == pod["tolerations"][0]["value"] == "acme"


def test_a_tenant_gets_the_services_it_names(plan: Plan) -> None:
    tree = render(plan, {"acme": Tenant(id="acme", services=("orders",))})
    assert "tenants/acme/app/deployment-orders.yaml" in tree
    assert "tenants/acme/app/deployment-billing.yaml" not in tree
