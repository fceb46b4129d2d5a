"""Network policies that only AWS has: what tenants cannot undo, names instead of addresses, security groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strangler_deploy.kinds.workloads.pod import APP
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.names import joined

_API = "networking.k8s.aws/v1alpha1"


def tenant_isolation(tenant_label: str, tenant: str, *, priority: int, origin: str) -> Manifest:
    """Admin tier, before any NetworkPolicy: nothing of another tenant comes in, whatever the namespace allows."""
    others = {"matchExpressions": [{"key": tenant_label, "operator": "NotIn", "values": [tenant]}]}
    spec: Data = {
        "tier": "Admin",
        "priority": priority,
        "subject": {"namespaces": {"matchLabels": {tenant_label: tenant}}},
        "ingress": [
            {
                "name": "deny-other-tenants",
                "action": "Deny",
                "from": [
                    {
                        "namespaces": {
                            "matchExpressions": [
                                {"key": tenant_label, "operator": "Exists"},
                                *others["matchExpressions"],
                            ]
                        }
                    }
                ],
            }
        ],
    }
    return Manifest(_API, "ClusterNetworkPolicy", joined("tenant", tenant), {"spec": spec}, origin=origin)


def baseline_deny(label: str, *, origin: str) -> Manifest:
    """Baseline tier, after every NetworkPolicy: what none of them allowed is denied in every tenant's namespace."""
    everywhere: Data = {"namespaces": {}}
    spec: Data = {
        "tier": "Baseline",
        "priority": 1000,
        "subject": {"namespaces": {"matchExpressions": [{"key": label, "operator": "Exists"}]}},
        "ingress": [{"name": "deny-the-rest", "action": "Deny", "from": [everywhere]}],
    }
    return Manifest(_API, "ClusterNetworkPolicy", "tenants-deny-the-rest", {"spec": spec}, origin=origin)


def egress_by_name(app: str, namespace: str, domains: Sequence[str], *, origin: str) -> Manifest:
    """Lets the pods of an app reach names at 443; names themselves are looked up under a rule by port."""
    spec: Data = {
        "podSelector": {"matchLabels": {APP: app}},
        "policyTypes": ["Egress"],
        "egress": [
            {"to": [{"domainNames": sorted(domains)}], "ports": [{"port": 443, "protocol": "TCP"}]},
        ],
    }
    return Manifest(_API, "ApplicationNetworkPolicy", f"{app}-names", {"spec": spec}, namespace, origin=origin)


def security_groups(
    app: str, namespace: str, groups: Sequence[str], labels: Mapping[str, str], *, origin: str
) -> Manifest:
    """Network interfaces of their own for the pods of an app, in these security groups."""
    spec = {"podSelector": {"matchLabels": dict(labels)}, "securityGroups": {"groupIds": list(groups)}}
    return Manifest(
        "vpcresources.k8s.aws/v1beta1", "SecurityGroupPolicy", app, {"spec": spec}, namespace, origin=origin
    )
