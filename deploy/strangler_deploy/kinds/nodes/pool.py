"""NodePools and the NodeClass of Auto Mode."""

from __future__ import annotations

from collections.abc import Mapping

from strangler.plan.platform import Nodes
from strangler_deploy.manifest import Data, Manifest

CLASS = "tenants"


def node_class(role: str, cluster: str, *, strict: bool = False, origin: str) -> Manifest:
    """The machines' role, subnets and security groups; network policies are logged."""
    spec = {
        "role": role,
        "subnetSelectorTerms": [{"tags": {"kubernetes.io/role/internal-elb": "1"}}],
        "securityGroupSelectorTerms": [{"tags": {"aws:eks:cluster-name": cluster}}],
        "networkPolicy": "DefaultDeny" if strict else "DefaultAllow",
        "networkPolicyEventLogs": "Enabled",
        "ephemeralStorage": {"size": "80Gi"},
    }
    return Manifest("eks.amazonaws.com/v1", "NodeClass", CLASS, {"spec": spec}, origin=origin)


def node_pool(
    name: str,
    nodes: Nodes,
    *,
    labels: Mapping[str, str],
    taint: tuple[str, str] | None,
    origin: str,
    types: tuple[str, ...] = (),
) -> Manifest:
    """A pool of machines with limits; ``taint`` (key, value) keeps out whoever does not tolerate it."""
    spec: Data = {
        "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": CLASS},
        "expireAfter": "336h",
        "terminationGracePeriod": nodes.grace,
        "requirements": _requirements(nodes, types),
    }
    if taint:
        spec["taints"] = [{"key": taint[0], "value": taint[1], "effect": "NoSchedule"}]
    body = {
        "template": {"metadata": {"labels": dict(sorted(labels.items()))}, "spec": spec},
        "limits": {"cpu": nodes.cpu, "memory": nodes.memory},
        "disruption": {
            "consolidationPolicy": "WhenEmptyOrUnderutilized",
            "consolidateAfter": "1m" if nodes.capacity == ("spot",) else "5m",
            "budgets": [{"nodes": "20%"}],
        },
    }
    return Manifest("karpenter.sh/v1", "NodePool", name, {"spec": body}, origin=origin)


def _requirements(nodes: Nodes, types: tuple[str, ...]) -> list[Data]:
    wanted = types or nodes.types
    machines: list[tuple[str, tuple[str, ...]]] = (
        [("node.kubernetes.io/instance-type", wanted)]
        if wanted
        else [
            ("eks.amazonaws.com/instance-category", nodes.categories),
            ("eks.amazonaws.com/instance-size", nodes.sizes),
        ]
    )
    keys: list[tuple[str, tuple[str, ...]]] = [
        ("karpenter.sh/capacity-type", nodes.capacity),
        ("kubernetes.io/arch", (nodes.arch,)),
        *machines,
    ]
    keys += sorted(nodes.requirements.items())
    return [{"key": key, "operator": "In", "values": sorted(values)} for key, values in keys]
