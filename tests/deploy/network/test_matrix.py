from __future__ import annotations

import ipaddress
import random

import pytest

from strangler_deploy.network.matrix import matrix
from strangler_deploy.network.reach import open_ports

from .conftest import MakeWorld, pod, policy
from .fixtures import random_policies


@pytest.mark.parametrize("seed", range(25))
def test_the_short_way_finds_what_asking_about_every_pair_finds(world: MakeWorld, seed: int) -> None:
    draw = random.Random(seed)
    engines = ["vpc", "vpc", "cilium"] if seed % 2 else ["vpc"]
    pods = [pod(f"t{n}", app, draw.choice(engines), role=draw.choice("xyz")) for n in range(3) for app in "abc"]
    made = world(pods, *random_policies(draw), networks=(ipaddress.ip_network("10.0.0.0/16"),))
    every = {
        (s, t): ports
        for s in range(len(pods))
        for t in range(len(pods))
        if s != t and (ports := open_ports(made, pods[s], pods[t]))
    }
    found = list(matrix(made))
    assert {(s, t): ports for s, t, ports in found} == every
    assert len(found) == len(every)


def test_a_closed_cluster_costs_no_question(world: MakeWorld) -> None:
    pods = [pod(f"t{n}", "a") for n in range(50)]
    deny = [policy(f"t{n}", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}) for n in range(50)]
    assert list(matrix(world(pods, *deny))) == []
