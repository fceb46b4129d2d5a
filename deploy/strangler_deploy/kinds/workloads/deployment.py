"""Deployments and the services in front of them."""

from __future__ import annotations

from collections.abc import Mapping

from strangler_deploy.kinds.workloads.pod import APP, Pod, template
from strangler_deploy.manifest import Data, Manifest


def deployment(pod: Pod, namespace: str, *, replicas: int | None, origin: str) -> Manifest:
    """A Deployment that never has fewer pods than asked for; ``replicas`` None leaves their number to an autoscaler."""
    spec: Data = {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "revisionHistoryLimit": 5,
        "selector": {"matchLabels": pod.selector},
        "template": template(pod),
    }
    if replicas is not None:
        spec = {"replicas": replicas, **spec}
    return Manifest("apps/v1", "Deployment", pod.app, {"spec": spec}, namespace, dict(pod.labels), origin=origin)


def service(
    name: str,
    namespace: str,
    port: int,
    *,
    origin: str,
    selector: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    headless: bool = False,
) -> Manifest:
    """A Service at port 80 for pods (``selector``; None: for addresses that an EndpointSlice names)."""
    spec: Data = {"clusterIP": "None"} if headless else {"type": "ClusterIP"}
    if selector is not None:
        spec["selector"] = dict(selector)
        spec["ports"] = [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]
    else:
        spec["ports"] = [{"name": "main", "port": port, "targetPort": port, "protocol": "TCP"}]
    return Manifest("v1", "Service", name, {"spec": spec}, namespace, labels=labels or {}, origin=origin)


def app_selector(app: str) -> dict[str, str]:
    """The selector of the pods of ``app``."""
    return {APP: app}


def service_account(name: str, namespace: str, *, origin: str, labels: Mapping[str, str] | None = None) -> Manifest:
    """An identity for pods; no token is put into them, AWS permissions come by Pod Identity."""
    body = {"automountServiceAccountToken": False}
    return Manifest("v1", "ServiceAccount", name, body, namespace, labels=labels or {}, origin=origin)


def disruption_budget(app: str, namespace: str, *, origin: str) -> Manifest:
    """At most one pod is taken away at a time."""
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": app_selector(app)}}
    return Manifest("policy/v1", "PodDisruptionBudget", app, {"spec": spec}, namespace, origin=origin)


def config_map(name: str, namespace: str, data: Mapping[str, str], *, origin: str) -> Manifest:
    """A ConfigMap."""
    return Manifest("v1", "ConfigMap", name, {"data": dict(sorted(data.items()))}, namespace, origin=origin)
