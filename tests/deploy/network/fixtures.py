"""Policies dealt at random, in every form that the evaluator reads."""

from __future__ import annotations

import random
from typing import Any

from strangler_deploy.documents import Document

from .conftest import policy


def _selector(draw: random.Random) -> dict[str, Any]:
    return draw.choice(
        [
            {},
            {"matchLabels": {"app": draw.choice("abc")}},
            {
                "matchExpressions": [
                    {"key": "role", "operator": draw.choice(["In", "NotIn"]), "values": list(draw.sample("xyz", 2))}
                ]
            },
        ]
    )


def _namespaces(draw: random.Random) -> dict[str, Any]:
    return draw.choice([{}, {"matchLabels": {"saas/tenant": f"t{draw.randrange(3)}"}}])


def _peer(draw: random.Random) -> dict[str, Any]:
    return draw.choice(
        [
            {"podSelector": _selector(draw)},
            {"namespaceSelector": _namespaces(draw)},
            {"namespaceSelector": _namespaces(draw), "podSelector": _selector(draw)},
            {
                "ipBlock": {
                    "cidr": draw.choice(["10.0.0.0/8", "0.0.0.0/0", "192.0.2.0/24"]),
                    "except": draw.choice([[], ["10.0.0.0/16"]]),
                }
            },
        ]
    )


def _ports(draw: random.Random) -> list[dict[str, Any]]:
    one = [
        {"port": 8080},
        {"port": "http"},
        {"port": 53, "protocol": "UDP"},
        {"port": 8000, "endPort": 8100},
        {"protocol": "UDP"},
    ]
    return draw.sample(one, draw.randint(1, 2))


def _rules(draw: random.Random, side: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for _ in range(draw.randint(0, 2)):
        rule: dict[str, Any] = {}
        if draw.random() < 0.7:
            rule[side] = [_peer(draw) for _ in range(draw.randint(1, 2))]
        if draw.random() < 0.6:
            rule["ports"] = _ports(draw)
        made.append(rule)
    return made


def _ordinary(draw: random.Random) -> Document:
    types = draw.choice([["Ingress"], ["Egress"], ["Ingress", "Egress"]])
    spec = {
        "podSelector": _selector(draw),
        "policyTypes": types,
        "ingress": _rules(draw, "from"),
        "egress": _rules(draw, "to"),
    }
    return policy(f"t{draw.randrange(3)}", spec)


def _cluster_wide(draw: random.Random) -> Document:
    def rules(side: str) -> list[dict[str, Any]]:
        peer = {"pods": {"namespaceSelector": _namespaces(draw), "podSelector": _selector(draw)}}
        return [{"action": draw.choice(["Accept", "Deny", "Pass"]), side: [peer]}]

    spec = {
        "tier": draw.choice(["Admin", "Baseline"]),
        "priority": draw.randrange(10),
        "subject": {"namespaces": _namespaces(draw)},
        "ingress": rules("from"),
        "egress": rules("to"),
    }
    return policy("", spec, "ClusterNetworkPolicy", "networking.k8s.aws/v1alpha1")


def random_policies(draw: random.Random) -> list[Document]:
    made = [_ordinary(draw) for _ in range(draw.randint(2, 6))]
    return made + [_cluster_wide(draw) for _ in range(draw.randrange(3))]
