"""RBAC: who may look, and who may change what."""

from __future__ import annotations

from collections.abc import Sequence

from strangler_deploy.manifest import Data, Manifest

_API, _GROUP = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"


def cluster_role(name: str, rules: Sequence[Data], *, origin: str) -> Manifest:
    """A set of permissions."""
    return Manifest(_API, "ClusterRole", name, {"rules": list(rules)}, origin=origin)


def role(name: str, namespace: str, rules: Sequence[Data], *, origin: str) -> Manifest:
    """A set of permissions in one namespace."""
    return Manifest(_API, "Role", name, {"rules": list(rules)}, namespace, origin=origin)


def role_binding(
    name: str, namespace: str, role_kind: str, role_name: str, groups: Sequence[str], *, origin: str
) -> Manifest:
    """Gives a role to user groups in one namespace."""
    body = {
        "roleRef": {"apiGroup": _GROUP, "kind": role_kind, "name": role_name},
        "subjects": [{"apiGroup": _GROUP, "kind": "Group", "name": group} for group in sorted(groups)],
    }
    return Manifest(_API, "RoleBinding", name, body, namespace, origin=origin)


def cluster_role_binding(name: str, role_name: str, groups: Sequence[str], *, origin: str) -> Manifest:
    """Gives a cluster role to user groups everywhere."""
    body = {
        "roleRef": {"apiGroup": _GROUP, "kind": "ClusterRole", "name": role_name},
        "subjects": [{"apiGroup": _GROUP, "kind": "Group", "name": group} for group in sorted(groups)],
    }
    return Manifest(_API, "ClusterRoleBinding", name, body, origin=origin)


def service_account_everywhere(name: str, role_name: str, account: str, namespace: str, *, origin: str) -> Manifest:
    """Gives a cluster role to a service account of one namespace, in all of them."""
    body = {
        "roleRef": {"apiGroup": _GROUP, "kind": "ClusterRole", "name": role_name},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    }
    return Manifest(_API, "ClusterRoleBinding", name, body, origin=origin)


def tenant_viewer(*, origin: str) -> Manifest:
    """What a tenant's own administrators may do: see and restart, never touch quota, policies or labels."""
    read = ["get", "list", "watch"]
    rules: list[Data] = [
        {"apiGroups": [""], "resources": ["pods", "pods/log", "services", "events", "configmaps"], "verbs": read},
        {"apiGroups": ["apps"], "resources": ["deployments", "replicasets", "statefulsets"], "verbs": read},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["patch"]},
        {"apiGroups": ["autoscaling", "policy"], "resources": ["*"], "verbs": read},
        {"apiGroups": ["gateway.networking.k8s.io"], "resources": ["httproutes"], "verbs": read},
    ]
    return cluster_role("tenant-administrator", rules, origin=origin)
