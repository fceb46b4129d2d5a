"""Who decides how many pods there are: an HPA, or KEDA where hours of the week count too; never both."""

from __future__ import annotations

from strangler.plan.platform import Scale
from strangler_deploy.manifest import Data, Manifest


def autoscaler(app: str, namespace: str, scale: Scale, target: str, *, origin: str) -> Manifest:
    """An HPA by CPU; it goes up at once and down slowly."""
    spec: Data = {
        "scaleTargetRef": _target(app, target),
        "minReplicas": scale.min,
        "maxReplicas": scale.max,
        "metrics": [
            {
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": {"type": "Utilization", "averageUtilization": scale.cpu_percent},
                },
            }
        ],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
    }
    return Manifest("autoscaling/v2", "HorizontalPodAutoscaler", app, {"spec": spec}, namespace, origin=origin)


def scaled_object(app: str, namespace: str, scale: Scale, target: str, *, origin: str) -> Manifest:
    """A ScaledObject: KEDA makes the HPA of it, by CPU and by the hours of the week."""
    triggers: list[Data] = [
        {"type": "cpu", "metricType": "Utilization", "metadata": {"value": str(scale.cpu_percent)}},
    ]
    for schedule in scale.schedules:
        metadata = {
            "timezone": schedule.zone,
            "start": schedule.start,
            "end": schedule.end,
            "desiredReplicas": str(schedule.replicas),
        }
        triggers.append({"type": "cron", "metadata": metadata})
    spec: Data = {
        "scaleTargetRef": _target(app, target),
        "minReplicaCount": scale.min,
        "maxReplicaCount": scale.max,
        "cooldownPeriod": 300,
        "triggers": triggers,
    }
    return Manifest("keda.sh/v1alpha1", "ScaledObject", app, {"spec": spec}, namespace, origin=origin)


def _target(app: str, kind: str) -> Data:
    api = "argoproj.io/v1alpha1" if kind == "Rollout" else "apps/v1"
    return {"apiVersion": api, "kind": kind, "name": app}
