"""The routing facade as a StatefulSet: its state is what was shifted so far, and must outlive its pod."""

from __future__ import annotations

from strangler_deploy.kinds.workloads.pod import Pod, template
from strangler_deploy.kinds.workloads.storage import CLASS
from strangler_deploy.manifest import Data, Manifest


def stateful_set(pod: Pod, namespace: str, gigabytes: int, *, service: str, origin: str) -> Manifest:
    """One pod (its SQLite file has one writer) with a volume that stays when the set goes."""
    spec: Data = {
        "replicas": 1,
        "serviceName": service,
        "selector": {"matchLabels": pod.selector},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "template": template(pod),
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "state"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": CLASS,
                    "resources": {"requests": {"storage": f"{gigabytes}Gi"}},
                },
            }
        ],
    }
    return Manifest("apps/v1", "StatefulSet", pod.app, {"spec": spec}, namespace, dict(pod.labels), origin=origin)
