from __future__ import annotations

import ipaddress

from strangler_deploy.network.endpoints import Address
from strangler_deploy.network.reach import Flow, is_allowed, open_ports

from .conftest import MakeWorld, pod, policy

ALL = (("TCP", 0, 65535), ("UDP", 0, 65535), ("SCTP", 0, 65535))
DENY = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
EVERY_NAMESPACE = {"namespaceSelector": {}, "podSelector": {}}


def test_without_policies_everything_is_open(world: MakeWorld) -> None:
    a, b = pod("t1", "a"), pod("t2", "b")
    assert open_ports(world([a, b]), a, b) == ALL


def test_default_deny_closes_its_namespace_in_both_directions(world: MakeWorld) -> None:
    a, b = pod("t1", "a"), pod("t2", "b")
    closed = world([a, b], policy("t1", DENY))
    assert open_ports(closed, a, b) == open_ports(closed, b, a) == ()


def test_both_ends_must_let_a_connection_through(world: MakeWorld) -> None:
    a, b = pod("t1", "a"), pod("t2", "b")
    ingress = policy("t2", {"podSelector": {}, "ingress": [{"from": [EVERY_NAMESPACE], "ports": [{"port": 8080}]}]})
    egress = policy(
        "t1", {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"ports": [{"port": 8080, "endPort": 8090}]}]}
    )
    assert open_ports(world([a, b], policy("t1", DENY), policy("t2", DENY), ingress), a, b) == ()
    assert open_ports(world([a, b], policy("t1", DENY), policy("t2", DENY), ingress, egress), a, b) == (
        ("TCP", 8080, 8080),
    )


def test_one_item_with_two_selectors_is_and_two_items_are_or(world: MakeWorld) -> None:
    near, far, same = (
        pod("t1", "a", role="analytics"),
        pod("t1", "b", role="web"),
        pod("backend", "c", role="analytics"),
    )
    backend = pod("backend", "d", role="db")
    namespace = {"namespaceSelector": {"matchLabels": {"saas/tenant": "t1"}}}
    role = {"podSelector": {"matchLabels": {"role": "analytics"}}}
    pods = [near, far, same, backend]
    both = world(
        pods,
        policy(
            "backend", {"podSelector": {"matchLabels": {"role": "db"}}, "ingress": [{"from": [{**namespace, **role}]}]}
        ),
    )
    either = world(
        pods,
        policy("backend", {"podSelector": {"matchLabels": {"role": "db"}}, "ingress": [{"from": [namespace, role]}]}),
    )
    assert [is_allowed(both, Flow(p, backend, 8080)) for p in (near, far, same)] == [True, False, False]
    assert [is_allowed(either, Flow(p, backend, 8080)) for p in (near, far, same)] == [True, True, True]


def test_a_named_port_is_the_one_of_the_target(world: MakeWorld) -> None:
    a, b = pod("t1", "a"), pod("t1", "b")
    named = world([a, b], policy("t1", {"podSelector": {}, "ingress": [{"ports": [{"port": "http"}]}]}))
    unknown = world([a, b], policy("t1", {"podSelector": {}, "ingress": [{"ports": [{"port": "grpc"}]}]}))
    assert open_ports(named, a, b) == (("TCP", 8080, 8080),)
    assert open_ports(unknown, a, b) == ()


def test_expressions_select_as_kubernetes_does(world: MakeWorld) -> None:
    target, others = pod("t1", "db"), [pod("t1", "a", tier="x"), pod("t1", "b", tier="y"), pod("t1", "c")]
    for operator, values, expected in (
        ("In", ["x"], [True, False, False]),
        ("NotIn", ["x"], [False, True, True]),
        ("Exists", [], [True, True, False]),
        ("DoesNotExist", [], [False, False, True]),
    ):
        expression = {"matchExpressions": [{"key": "tier", "operator": operator, "values": values}]}
        rule = policy(
            "t1", {"podSelector": {"matchLabels": {"app": "db"}}, "ingress": [{"from": [{"podSelector": expression}]}]}
        )
        closed = world([target, *others], rule)
        assert [is_allowed(closed, Flow(other, target, 1)) for other in others] == expected, operator


def test_an_address_is_met_by_blocks_and_spared_by_their_exceptions(world: MakeWorld) -> None:
    a = pod("t1", "a")
    block = {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}}
    closed = world([a], policy("t1", {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [block]}]}))
    assert is_allowed(closed, Flow(a, Address("10.1.2.3"), 443))
    assert not is_allowed(closed, Flow(a, Address("10.9.2.3"), 443))
    assert not is_allowed(closed, Flow(a, Address("192.0.2.1"), 443))


def test_a_block_over_the_pod_network_meets_pods_on_cloud_nodes_and_never_those_of_cilium(world: MakeWorld) -> None:
    networks = (ipaddress.ip_network("10.0.0.0/16"),)
    rule = policy(
        "t1", {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}
    )
    cloud, other = pod("t1", "a"), pod("t2", "b")
    assert is_allowed(world([cloud, other], rule, networks=networks), Flow(cloud, other, 80))
    hybrid, neighbour = pod("t1", "a", "cilium"), pod("t2", "b", "cilium")
    assert not is_allowed(world([hybrid, neighbour], rule, networks=networks), Flow(hybrid, neighbour, 80))


def test_cilium_reaches_its_node_by_entity_only(world: MakeWorld) -> None:
    """C3: the Pod Identity agent is on the node, and a block does not meet it there."""
    agent = Address("169.254.170.23", host=True)
    block = policy(
        "t1",
        {
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [{"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}]}],
        },
    )
    entity = policy(
        "t1", {"endpointSelector": {}, "egress": [{"toEntities": ["host"]}]}, "CiliumNetworkPolicy", "cilium.io/v2"
    )
    cloud, hybrid = pod("t1", "a"), pod("t1", "b", "cilium")
    assert is_allowed(world([cloud], block), Flow(cloud, agent, 80))
    assert not is_allowed(world([hybrid], block), Flow(hybrid, agent, 80))
    assert is_allowed(world([hybrid], block, entity), Flow(hybrid, agent, 80))


def test_cilium_does_not_know_the_labels_of_pods_on_cloud_nodes(world: MakeWorld) -> None:
    cloud, hybrid = pod("t1", "a"), pod("t1", "b", "cilium")
    rule = policy("t1", {"podSelector": {"matchLabels": {"app": "b"}}, "ingress": [{"from": [{"podSelector": {}}]}]})
    assert not is_allowed(world([cloud, hybrid], rule), Flow(cloud, hybrid, 80))


def _cluster_policy(action: str, tier: str = "Admin", priority: int = 1) -> object:
    spec = {
        "tier": tier,
        "priority": priority,
        "subject": {"namespaces": {"matchLabels": {"saas/tenant": "t1"}}},
        "ingress": [{"action": action, "from": [{"namespaces": {"matchLabels": {"saas/tenant": "t2"}}}]}],
    }
    return policy("", spec, "ClusterNetworkPolicy", "networking.k8s.aws/v1alpha1")


def test_an_admin_rule_is_asked_first_and_a_baseline_rule_last(world: MakeWorld) -> None:
    a, b = pod("t1", "a"), pod("t2", "b")
    opened = policy("t1", {"podSelector": {}, "ingress": [{}]})
    assert not is_allowed(world([a, b], _cluster_policy("Deny"), opened), Flow(b, a, 1))
    assert is_allowed(
        world([a, b], _cluster_policy("Pass"), _cluster_policy("Deny", priority=2), opened), Flow(b, a, 1)
    )
    assert is_allowed(world([a, b], _cluster_policy("Deny", "Baseline"), opened), Flow(b, a, 1))
    assert not is_allowed(world([a, b], _cluster_policy("Deny", "Baseline")), Flow(b, a, 1))
    assert is_allowed(world([a, b], _cluster_policy("Accept"), policy("t1", DENY)), Flow(b, a, 1))


def test_a_name_is_allowed_where_the_domain_is(world: MakeWorld) -> None:
    a = pod("t1", "a")
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"domainNames": ["*.example.com"]}]}]}
    named = world([a], policy("t1", spec, "ApplicationNetworkPolicy", "networking.k8s.aws/v1alpha1"))
    assert is_allowed(named, Flow(a, Address("203.0.113.1", "pay.example.com"), 443))
    assert not is_allowed(named, Flow(a, Address("203.0.113.1", "example.org"), 443))
