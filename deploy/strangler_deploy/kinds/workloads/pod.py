"""The pod template that Deployments, StatefulSets and Rollouts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from strangler.plan.platform import Resources
from strangler_deploy.manifest import Data

APP, PART_OF = "app.kubernetes.io/name", "app.kubernetes.io/part-of"
_USER = 10001


@dataclass(frozen=True, slots=True)
class Pod:
    """One container and where it may run; ``selector`` is what its owner and its services find it by."""

    app: str
    image: str
    port: int
    labels: Mapping[str, str]
    account: str
    resources: Resources
    ready: str = "/readyz"
    live: str = "/livez"
    environment: Mapping[str, str] = field(default_factory=dict)
    environment_from: Sequence[Data] = ()
    environment_of: Sequence[Data] = ()
    names_tenant: bool = False
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: Sequence[Data] = ()
    priority: str = ""
    command: Sequence[str] = ()
    arguments: Sequence[str] = ()
    volumes: Sequence[Data] = ()
    mounts: Sequence[Data] = ()
    zones: int = 3

    @property
    def selector(self) -> dict[str, str]:
        """The label by which the pods are found."""
        return {APP: self.app}


def variable_of(name: str, kind: Literal["secret", "configMap"], source: str, key: str) -> Data:
    """An environment variable with the value of a Secret's or ConfigMap's key."""
    return {"name": name, "valueFrom": {f"{kind}KeyRef": {"name": source, "key": key}}}


def template(pod: Pod) -> Data:
    """The pod template: non-root, read-only, no capabilities, spread over zones and hosts."""
    spec: Data = {
        "serviceAccountName": pod.account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": 45,
        "topologySpreadConstraints": [_spread(pod, key) for key in _spread_keys(pod)],
        "containers": [_container(pod)],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}, *pod.volumes],
    }
    optional = {
        "nodeSelector": dict(sorted(pod.node_selector.items())),
        "tolerations": list(pod.tolerations),
        "priorityClassName": pod.priority,
    }
    spec.update({key: value for key, value in optional.items() if value})
    return {"metadata": {"labels": dict(sorted({**pod.labels, **pod.selector}.items()))}, "spec": spec}


def _spread_keys(pod: Pod) -> tuple[str, ...]:
    host, zone = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
    return (zone, host) if pod.zones > 1 else (host,)


def _spread(pod: Pod, key: str) -> Data:
    return {
        "maxSkew": 1,
        "topologyKey": key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": pod.selector},
    }


def _container(pod: Pod) -> Data:
    container: Data = {
        "name": "app",
        "image": pod.image,
        "ports": [{"name": "http", "containerPort": pod.port, "protocol": "TCP"}],
        "resources": _resources(pod.resources),
        "readinessProbe": _probe(pod.ready, period=5, failures=3),
        "livenessProbe": _probe(pod.live, period=20, failures=6),
        # Traffic goes on arriving for a moment after a pod was taken off its load balancer.
        "lifecycle": {"preStop": {"sleep": {"seconds": 15}}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, *pod.mounts],
    }
    optional: dict[str, Any] = {
        "command": list(pod.command),
        "args": list(pod.arguments),
        "env": _environment(pod),
        "envFrom": list(pod.environment_from),
    }
    container.update({key: value for key, value in optional.items() if value})
    return container


def _environment(pod: Pod) -> list[Data]:
    """Values, and whose pod it is: from its label, so that the pods of all tenants have one template.

    ``environment_of`` comes first: only what stands before a value can be named in it.
    """
    given: list[Data] = list(pod.environment_of)
    given += [{"name": name, "value": value} for name, value in sorted(pod.environment.items())]
    if pod.names_tenant:
        field_path = "metadata.labels['saas/tenant']"
        given.append({"name": "STRANGLER_TENANT", "valueFrom": {"fieldRef": {"fieldPath": field_path}}})
    return given


def _probe(path: str, *, period: int, failures: int) -> Data:
    target = {"path": path, "port": "http"}
    return {"httpGet": target, "periodSeconds": period, "timeoutSeconds": 2, "failureThreshold": failures}


def _resources(resources: Resources) -> Data:
    requests = {"cpu": resources.cpu, "memory": resources.memory}
    limits = {"cpu": resources.max_cpu, "memory": resources.max_memory}
    if resources.gpus:
        requests["nvidia.com/gpu"] = limits["nvidia.com/gpu"] = str(resources.gpus)
    return {"requests": requests, "limits": limits}
