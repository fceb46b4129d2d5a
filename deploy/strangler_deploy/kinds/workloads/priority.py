"""Priority classes: whose pods are evicted last."""

from __future__ import annotations

from strangler_deploy.manifest import Manifest


def priority_class(name: str, value: int, *, origin: str) -> Manifest:
    """Pods of a higher value may take the place of pods of a lower one."""
    body = {"value": value, "globalDefault": False, "preemptionPolicy": "PreemptLowerPriority"}
    return Manifest("scheduling.k8s.io/v1", "PriorityClass", name, body, origin=origin)
