from __future__ import annotations

from collections.abc import Callable

import yaml

from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy import render


def test_the_order_of_tenants_changes_no_byte(plan: Plan, tenants: dict[str, Tenant]) -> None:
    assert render(plan, tenants) == render(plan, dict(reversed(tenants.items())))


def test_a_tenant_more_is_a_folder_more_and_nothing_else(plan: Plan, tenants: dict[str, Tenant]) -> None:
    before, after = render(plan, {"acme": tenants["acme"]}), render(plan, tenants)
    assert {path: text for path, text in after.items() if not path.startswith("tenants/globex/")} == before


def test_every_kustomization_lists_the_files_beside_it(plan: Plan, tenants: dict[str, Tenant]) -> None:
    tree = render(plan, tenants)
    folders = [path.rpartition("/")[0] for path in tree if path.endswith("/kustomization.yaml")]
    for folder in folders:
        listed = set(yaml.safe_load(tree[f"{folder}/kustomization.yaml"])["resources"])
        beside = {path.rpartition("/")[2] for path in tree if path.rpartition("/")[0] == folder}
        assert listed == beside - {"kustomization.yaml"}
    assert len(folders) > 4


def test_a_route_begins_with_the_monolith_having_everything(plan: Plan, tenants: dict[str, Tenant]) -> None:
    route = yaml.safe_load(render(plan, tenants)["tenants/acme/app/httproute-orders.yaml"])
    weights = {backend["name"]: backend["weight"] for backend in route["spec"]["rules"][0]["backendRefs"]}
    assert weights == {"orders": 0, "monolith-proxy": 100}


def test_both_ends_of_a_call_are_allowed(plan: Plan, tenants: dict[str, Tenant]) -> None:
    tree = render(plan, tenants)
    incoming = yaml.safe_load(tree["tenants/acme/platform/networkpolicy-billing-in.yaml"])["spec"]["ingress"]
    outgoing = yaml.safe_load(tree["tenants/acme/platform/networkpolicy-orders-out.yaml"])["spec"]["egress"]
    assert {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "orders"}}} in incoming[0]["from"]
    assert {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "billing"}}} in outgoing[0]["to"]


def test_workloads_come_after_what_guards_and_serves_them(plan: Plan, tenants: dict[str, Tenant]) -> None:
    tree = render(plan, tenants)

    def wave(path: str) -> int:
        annotations = yaml.safe_load(tree[path])["metadata"].get("annotations", {})
        return int(annotations.get("argocd.argoproj.io/sync-wave", 0))

    proxy = wave("clusters/main/platform-ingress.deployment-monolith-proxy.yaml")
    assert proxy > wave("clusters/main/platform-ingress.networkpolicy-default-deny.yaml")
    assert wave("clusters/main/platform-ingress.networkpolicy-default-deny.yaml") > wave(
        "clusters/main/namespace-platform-ingress.yaml"
    )


def test_a_tenant_known_by_path_has_its_prefix_taken_away(make_plan: Callable[[str], Plan]) -> None:
    plan = make_plan("  gateways: {public: {tenants_by: path, host: shop.example.com}}\n")
    route = yaml.safe_load(render(plan, {"acme": Tenant(id="acme")})["tenants/acme/app/httproute-orders.yaml"])
    rule = route["spec"]["rules"][0]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/acme/orders"}}]
    assert rule["filters"][0]["urlRewrite"]["path"]["replacePrefixMatch"] == "/orders"
