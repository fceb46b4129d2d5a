"""Namespaces with Pod Security, quota and limits."""

from __future__ import annotations

from collections.abc import Mapping

from strangler.plan.platform import Limits, Quota
from strangler_deploy.manifest import Manifest


def namespace(
    name: str,
    *,
    labels: Mapping[str, str],
    security: str,
    version: str,
    origin: str,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """A namespace that refuses pods below the Pod Security level ``security`` (``privileged``: takes any)."""
    security_labels = {
        "pod-security.kubernetes.io/enforce": security,
        "pod-security.kubernetes.io/enforce-version": f"v{version}",
    }
    return Manifest(
        "v1", "Namespace", name, {}, labels={**labels, **security_labels}, annotations=annotations or {}, origin=origin
    )


def resource_quota(name: str, namespace: str, quota: Quota, *, origin: str) -> Manifest:
    """What the namespace may ask for in all; everything not named by the plan that costs money is counted too."""
    hard = {
        "requests.cpu": quota.cpu,
        "limits.cpu": quota.cpu,
        "requests.memory": quota.memory,
        "limits.memory": quota.memory,
        "pods": str(quota.pods),
        "persistentvolumeclaims": str(quota.volumes),
        "services.loadbalancers": str(quota.load_balancers),
        "services.nodeports": "0",
        "requests.nvidia.com/gpu": str(quota.gpus),
    }
    return Manifest("v1", "ResourceQuota", name, {"spec": {"hard": hard}}, namespace, origin=origin)


def priority_quota(name: str, namespace: str, allowed: str, *, origin: str) -> Manifest:
    """No pod of the namespace may have a priority class other than ``allowed``."""
    selector = {"operator": "NotIn", "scopeName": "PriorityClass", "values": [allowed]}
    spec = {"hard": {"pods": "0"}, "scopeSelector": {"matchExpressions": [selector]}}
    return Manifest("v1", "ResourceQuota", name, {"spec": spec}, namespace, origin=origin)


def limit_range(name: str, namespace: str, limits: Limits, *, origin: str) -> Manifest:
    """The largest container, and what one gets that says nothing."""
    item = {
        "type": "Container",
        "max": {"cpu": limits.max_cpu, "memory": limits.max_memory},
        "default": {"cpu": limits.cpu, "memory": limits.memory},
        "defaultRequest": {"cpu": limits.request_cpu, "memory": limits.request_memory},
    }
    return Manifest("v1", "LimitRange", name, {"spec": {"limits": [item]}}, namespace, origin=origin)
