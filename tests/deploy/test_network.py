from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.network import verify

from .estates import ISOLATIONS, documents, plan, rules, tenants


def _found(tree: list[Document], isolation: str = "bridge") -> list[str]:
    return rules(list(verify.findings(tree, Estate(plan(isolation)), tenants())))


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_what_is_rendered_is_what_is_declared(isolation: str) -> None:
    tree = documents(plan(isolation), tenants())
    assert [f.message for f in verify.findings(tree, Estate(plan(isolation)), tenants())] == []


Edit = Callable[[dict[str, Any]], Any]


def _edited(tree: list[Document], kind: str, name: str, edit: Edit) -> list[Document]:
    """The tree with every object of that kind and name changed (or, if ``edit`` says False, taken away)."""
    made, hit = [], False
    for document in tree:
        if (document.kind, document.name) == (kind, name):
            hit = True
            data = copy.deepcopy(dict(document.data))
            if edit(data) is False:
                continue
            document = replace(document, data=data)
        made.append(document)
    assert hit
    return made


def _set(*steps: Any) -> Callable[[dict[str, Any]], None]:
    *path, last, value = steps

    def edit(data: dict[str, Any]) -> None:
        for step in path:
            data = data[step]
        data[last] = value

    return edit


def _gone(_: dict[str, Any]) -> bool:
    return False


def _ingress(key: str, value: Any) -> Edit:
    return _set("spec", "ingress", 0, key, value)


def _egress_too(rule: dict[str, Any]) -> Edit:
    return lambda data: data["spec"]["egress"].append(rule)


def _platform_egress(index: int, peer: dict[str, Any]) -> Edit:
    return _set("spec", "egress", index, "to", [peer])


def _block(cidr: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr}}


def _relabel(labels: dict[str, str]) -> Edit:
    return _set("spec", "template", "metadata", "labels", labels)


def _without(key: str) -> Edit:
    return lambda data: data["spec"]["ingress"][0].pop(key) and None


def _no_credentials(data: dict[str, Any]) -> None:
    data["spec"]["egress"].pop(1)


ANYBODY = {"namespaceSelector": {}}
COREDNS = {**ANYBODY, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
MISSPELT = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "biling"}}}
UDP = [{"port": 8080, "protocol": "UDP"}]
ONE_APP = {"matchLabels": {"app.kubernetes.io/name": "orders"}}
DENY, PLATFORM, CONTROLLER = "default-deny", "allow-platform-egress", "amazon-vpc-cni"

# What is broken, of which object (a NetworkPolicy unless it says so), how, and the rule that must notice.
MUTANTS: list[tuple[str, str, Edit, str]] = [
    ("default-deny is dropped", DENY, _gone, "NETWORK-OPEN"),
    ("default-deny forgets ingress", DENY, _set("spec", "policyTypes", ["Egress"]), "NETWORK-OPEN"),
    ("default-deny selects one app", DENY, _set("spec", "podSelector", ONE_APP), "NETWORK-OPEN"),
    ("ingress is dropped", "metering-in", _gone, "NETWORK-CLOSED"),
    ("egress is dropped", "billing-out", _gone, "NETWORK-CLOSED"),
    ("ingress from every namespace", "metering-in", _ingress("from", [ANYBODY]), "NETWORK-OPEN"),
    ("ingress on every port", "orders-in", _without("ports"), "NETWORK-INGRESS"),
    ("ingress from anybody", "orders-in", _without("from"), "NETWORK-INGRESS"),
    ("a range of ports", "orders-in", _ingress("ports", [{"port": 8080, "endPort": 9090}]), "NETWORK-INGRESS"),
    ("egress to anybody", "orders-out", _egress_too({}), "NETWORK-EGRESS"),
    ("egress to the internet", "orders-out", _egress_too({"to": [_block("0.0.0.0/0")]}), "NETWORK-EGRESS"),
    ("the wrong port", "metering-in", _ingress("ports", [{"port": 80}]), "NETWORK-CLOSED"),
    ("UDP for TCP", "metering-in", _ingress("ports", UDP), "NETWORK-CLOSED"),
    ("a misspelt peer", "metering-in", _ingress("from", [MISSPELT]), "NETWORK-CLOSED"),
    ("load balancers are shut out", "search-in", _gone, "NETWORK-CLOSED"),
    ("names are closed", PLATFORM, _gone, "NETWORK-DNS"),
    ("names by the label of CoreDNS", PLATFORM, _platform_egress(0, COREDNS), "NETWORK-DNS"),
    ("credentials are closed", PLATFORM, _no_credentials, "NETWORK-IDENTITY"),
    ("the node's credentials too", PLATFORM, _platform_egress(1, _block("169.254.0.0/16")), "NETWORK-EGRESS"),
    ("a network for an address", "billing-out", lambda data: _widen(data), "NETWORK-EGRESS"),
    ("the controller is off", CONTROLLER, _set("data", "enable-network-policy-controller", "false"), "NETWORK-INERT"),
    ("the controller's switch is gone", CONTROLLER, _gone, "NETWORK-INERT"),
    ("pods lose their labels", "metering", _relabel({}), "NETWORK-CLOSED"),
    ("pods pose as others", "search", _relabel(ONE_APP["matchLabels"]), "NETWORK-ABSENT"),
]  # fmt: skip
KINDS = {CONTROLLER: "ConfigMap", "metering": "Deployment", "search": "Deployment"}


def _widen(data: dict[str, Any]) -> None:
    for rule in data["spec"]["egress"]:
        for peer in rule["to"]:
            if "10.80.2.7" in str(peer):
                peer["ipBlock"]["cidr"] = "10.80.0.0/16"


def _one_fence(tree: list[Document]) -> list[Document]:
    """The tree without what the cluster denies above and below the namespaces' own policies."""
    return [document for document in tree if document.kind != "ClusterNetworkPolicy"]


@pytest.mark.parametrize(("what", "name", "edit", "rule"), MUTANTS, ids=[m[0] for m in MUTANTS])
def test_a_broken_policy_is_caught(what: str, name: str, edit: Edit, rule: str) -> None:
    broken = _edited(_one_fence(documents(plan(), tenants())), KINDS.get(name, "NetworkPolicy"), name, edit)
    assert rule in _found(broken), what


def _between(namespace: str, peer: dict[str, Any]) -> Document:
    """Another team's policy, open in both directions."""
    ports = [{"port": 8080}]
    both = {"ingress": [{"from": [peer], "ports": ports}], "egress": [{"to": [peer], "ports": ports}]}
    metadata = {"name": "extra", "namespace": namespace}
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    return Document("extra.yaml", {**kind, "metadata": metadata, "spec": {"podSelector": {}, **both}}, cluster="main")


OF_A_TIER = {"namespaceSelector": {"matchExpressions": [{"key": "saas/tier", "operator": "Exists"}]}}
BOTH = [_between(f"tenant-{name}", OF_A_TIER) for name in ("acme", "globex")]


def _is_crossing(message: str) -> bool:
    return "tenant-acme/" in message and "tenant-globex/" in message


def test_tenants_that_are_opened_to_each_other_are_named() -> None:
    tree = _one_fence(documents(plan(), tenants()))
    found = list(verify.findings([*tree, *BOTH], Estate(plan()), tenants()))
    assert rules(found) == ["NETWORK-OPEN"]
    assert _is_crossing(found[0].message), "those between tenants come first"


def test_what_the_cluster_denies_no_namespace_can_open() -> None:
    """The Admin tier keeps tenants apart even where both have opened themselves to each other."""
    tree = documents(plan(), tenants())
    found = list(verify.findings([*tree, *BOTH], Estate(plan()), tenants()))
    assert not any(_is_crossing(f.message) for f in found)


def test_what_is_behind_a_load_balancer_is_guarded_by_the_senders_egress_alone() -> None:
    """A load balancer has addresses of the VPC, and so have pods: one opened side is enough."""
    tree = _one_fence(documents(plan(), tenants()))
    extra = _between("tenant-acme", {"namespaceSelector": {"matchLabels": {"saas/tenant": "globex"}}})
    found = list(verify.findings([*tree, extra], Estate(plan()), tenants()))
    assert rules(found) == ["NETWORK-OPEN"]
    assert all("tenant-globex/metering" not in f.message for f in found)
    assert any("tenant-acme/search may reach tenant-globex/billing" in f.message for f in found)
