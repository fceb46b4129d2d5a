"""Argo CD projects and applications; nothing here can delete what a tenant has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from strangler.plan.platform import Delivery, Window
from strangler_deploy.manifest import Data, Manifest

_API = "argoproj.io/v1alpha1"
# Weights are shifted live, and replicas are an autoscaler's: a sync must leave both alone.
_LIVE: tuple[Data, ...] = (
    {
        "group": "gateway.networking.k8s.io",
        "kind": "HTTPRoute",
        "jqPathExpressions": [".spec.rules[].backendRefs[].weight"],
    },
    {"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]},
    {"group": "argoproj.io", "kind": "Rollout", "jsonPointers": ["/spec/replicas"]},
)
# What belongs to the platform: a tenant's own application may not touch it.
_KEPT_FROM_TENANTS: tuple[Data, ...] = (
    {"group": "", "kind": "ResourceQuota"},
    {"group": "", "kind": "LimitRange"},
    {"group": "networking.k8s.io", "kind": "NetworkPolicy"},
    {"group": "rbac.authorization.k8s.io", "kind": "*"},
    {"group": "iam.services.k8s.aws", "kind": "*"},
    {"group": "eks.services.k8s.aws", "kind": "*"},
    {"group": "vpcresources.k8s.aws", "kind": "*"},
)


@dataclass(frozen=True, slots=True)
class Target:
    """A cluster as Argo CD knows it (by name), and a namespace in it."""

    cluster: str
    namespace: str

    def data(self) -> Data:
        """As a destination."""
        return {"name": self.cluster, "namespace": self.namespace}


def project(
    name: str,
    delivery: Delivery,
    targets: Sequence[Target],
    *,
    windows: Sequence[Window],
    cluster_kinds: Sequence[Data],
    is_tenant: bool,
    origin: str,
) -> Manifest:
    """What may go where, and when; a tenant's project has its own namespaces and nothing of the whole cluster."""
    spec: Data = {
        "sourceRepos": [delivery.repository],
        "destinations": [target.data() for target in targets],
        "clusterResourceWhitelist": list(cluster_kinds),
        "orphanedResources": {"warn": True},
    }
    if is_tenant:
        spec["namespaceResourceBlacklist"] = [dict(kind) for kind in _KEPT_FROM_TENANTS]
    if windows:
        spec["syncWindows"] = [_window(window) for window in windows]
    return Manifest(_API, "AppProject", name, {"spec": spec}, delivery.namespace, origin=origin)


def _window(window: Window) -> Data:
    return {
        "kind": window.kind,
        "schedule": window.schedule,
        "duration": window.duration,
        "timeZone": window.zone,
        "applications": ["*"],
        "manualSync": True,
    }


def application(
    name: str, project_name: str, delivery: Delivery, folder: str, target: Target, *, origin: str
) -> Manifest:
    """Brings one folder of the tree to one cluster; deleting the application leaves everything where it is."""
    spec = _application_spec(project_name, delivery, folder, target.data())
    return Manifest(_API, "Application", name, {"spec": spec}, delivery.namespace, origin=origin)


def _application_spec(project_name: str, delivery: Delivery, folder: str, destination: Data) -> Data:
    return {
        "project": project_name,
        "source": {
            "repoURL": delivery.repository,
            "targetRevision": delivery.revision,
            "path": f"{delivery.path}/{folder}" if delivery.path != "." else folder,
        },
        "destination": destination,
        "ignoreDifferences": [dict(difference) for difference in _LIVE],
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": [
                "ServerSideApply=true",
                "RespectIgnoreDifferences=true",
                "CreateNamespace=false",
                "PrunePropagationPolicy=foreground",
            ],
            "retry": {"limit": 10, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}},
        },
    }


def tenants_set(name: str, project_name: str, delivery: Delivery, control: str, *, origin: str) -> Manifest:
    """One application per tenant folder in git: made and changed, never deleted by a generator that finds nothing."""
    prefix = "" if delivery.path == "." else f"{delivery.path}/"
    generator = {
        "git": {
            "repoURL": delivery.repository,
            "revision": delivery.revision,
            "files": [{"path": f"{prefix}tenants/*/tenant.yaml"}],
        }
    }
    template = {
        "metadata": {
            "name": "{{.application}}",
            "labels": {"saas/tenant": "{{.tenant}}", "saas/tier": "{{.tier}}"},
        },
        "spec": _application_spec(
            project_name, delivery, "tenants/{{.tenant}}/control", {"name": control, "namespace": "{{.namespace}}"}
        ),
    }
    spec: Data = {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [generator],
        "syncPolicy": {"applicationsSync": "create-update", "preserveResourcesOnDeletion": True},
        "template": template,
    }
    return Manifest(_API, "ApplicationSet", name, {"spec": spec}, delivery.namespace, origin=origin)


def cluster_secret(name: str, server: str, labels: dict[str, str], delivery: Delivery, *, origin: str) -> Manifest:
    """Tells Argo CD of a cluster; it holds no credentials, Argo CD has those by its own role."""
    labelled = {"argocd.argoproj.io/secret-type": "cluster", **labels}
    body = {"type": "Opaque", "stringData": {"name": name, "server": server}}
    return Manifest("v1", "Secret", f"cluster-{name}", body, delivery.namespace, labelled, origin=origin)
