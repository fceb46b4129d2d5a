from __future__ import annotations

from typing import Any

import pytest

from strangler_deploy.manifest import Identity
from strangler_deploy.references import references


def _targets(kind: str, body: dict[str, Any], namespace: str = "acme") -> set[Identity]:
    data = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x", "namespace": namespace}, **body}
    return {reference.target for reference in references(data)} - {Identity("", "Namespace", "", namespace)}


@pytest.mark.parametrize(
    ("kind", "body", "target"),
    [
        (
            "Deployment",
            {"spec": {"template": {"spec": {"serviceAccountName": "a"}}}},
            Identity("", "ServiceAccount", "acme", "a"),
        ),
        (
            "Deployment",
            {"spec": {"template": {"spec": {"priorityClassName": "high"}}}},
            Identity("scheduling.k8s.io", "PriorityClass", "", "high"),
        ),
        (
            "HTTPRoute",
            {"spec": {"parentRefs": [{"name": "public", "namespace": "front"}]}},
            Identity("gateway.networking.k8s.io", "Gateway", "front", "public"),
        ),
        (
            "HTTPRoute",
            {"spec": {"rules": [{"backendRefs": [{"name": "orders", "weight": 1}]}]}},
            Identity("", "Service", "acme", "orders"),
        ),
        (
            "HorizontalPodAutoscaler",
            {"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "orders"}}},
            Identity("apps", "Deployment", "acme", "orders"),
        ),
        (
            "RoleBinding",
            {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}},
            Identity("rbac.authorization.k8s.io", "ClusterRole", "", "view"),
        ),
        (
            "Role",
            {"spec": {"policyRefs": [{"from": {"name": "p"}}]}},
            Identity("iam.services.k8s.aws", "Policy", "acme", "p"),
        ),
    ],
)
def test_what_an_object_names_is_found(kind: str, body: dict[str, Any], target: Identity) -> None:
    assert _targets(kind, body) == {target}


def test_a_namespaced_object_names_its_namespace() -> None:
    data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "acme"}}
    assert [reference.target for reference in references(data)] == [Identity("", "Namespace", "", "acme")]
