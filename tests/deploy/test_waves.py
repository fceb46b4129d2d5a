from __future__ import annotations

import pytest

from strangler_deploy.kinds.network.policy import default_deny
from strangler_deploy.kinds.workloads.namespace import namespace
from strangler_deploy.manifest import Manifest
from strangler_deploy.waves import waves


def _deployment() -> Manifest:
    return Manifest("apps/v1", "Deployment", "orders", {"spec": {"template": {"spec": {}}}}, "acme")


def test_a_workload_comes_after_the_policies_of_its_namespace() -> None:
    home = namespace("acme", labels={}, security="restricted", version="1.36", origin="")
    deny, orders = default_deny("acme", origin=""), _deployment()
    assert waves([orders, deny, home]) == {home.identity: 0, deny.identity: 1, orders.identity: 2}


def test_what_is_not_in_the_bundle_moves_nothing() -> None:
    orders = _deployment()
    assert waves([orders]) == {orders.identity: 0}


def test_a_circle_is_our_bug() -> None:
    def scaled(name: str, target: str) -> Manifest:
        spec = {"scaleTargetRef": {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": target}}
        return Manifest("keda.sh/v1alpha1", "ScaledObject", name, {"spec": spec}, "acme")

    with pytest.raises(AssertionError, match="circle"):
        waves([scaled("a", "b"), scaled("b", "a")])
