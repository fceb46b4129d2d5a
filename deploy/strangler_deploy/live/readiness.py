"""Whether an object does what it is for: read from its status, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from strangler_deploy.documents import mapping, mappings
from strangler_deploy.live.objects import Object


class Health(StrEnum):
    """How an object stands."""

    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class State:
    """Its health, and what it waits for or why it failed."""

    health: Health
    reason: str = ""


READY = State(Health.READY)


def state(data: Object | None) -> State:
    """The state of an object as the cluster has it."""
    if data is None:
        return State(Health.MISSING, "is not there")
    status = mapping(data.get("status"))
    generation = mapping(data.get("metadata")).get("generation")
    observed = status.get("observedGeneration")
    if isinstance(observed, int) and isinstance(generation, int) and observed < generation:
        return State(Health.WAITING, "its controller has not seen the change yet")
    judge = _BY_KIND.get(str(data.get("kind")))
    if judge is not None:
        return judge(data, status)
    return _conditions(status)


def _replicas(data: Object, status: Mapping[str, Any]) -> State:
    spec = mapping(data.get("spec"))
    wanted = int(spec.get("replicas", 1))
    failed = _condition(status, "Progressing")
    if failed.get("status") == "False":
        return State(Health.FAILED, str(failed.get("message") or "its rollout does not progress"))
    if not status and wanted:
        return State(Health.WAITING, "no controller has taken it up")
    updated, ready = int(status.get("updatedReplicas") or 0), int(status.get("readyReplicas") or 0)
    total = int(status.get("replicas") or 0)
    if updated < wanted or ready < wanted or total > wanted:
        return State(Health.WAITING, f"{min(updated, ready)} of {wanted} pods are ready")
    return READY


def _daemons(_: Object, status: Mapping[str, Any]) -> State:
    wanted, ready = int(status.get("desiredNumberScheduled") or 0), int(status.get("numberReady") or 0)
    return READY if status and ready >= wanted else State(Health.WAITING, f"{ready} of {wanted} pods are ready")


def _job(_: Object, status: Mapping[str, Any]) -> State:
    if _condition(status, "Failed").get("status") == "True":
        return State(Health.FAILED, str(_condition(status, "Failed").get("message") or "it failed"))
    done = _condition(status, "Complete").get("status") == "True"
    return READY if done else State(Health.WAITING, "it runs")


def _pod(_: Object, status: Mapping[str, Any]) -> State:
    phase = str(status.get("phase") or "")
    if phase == "Failed":
        return State(Health.FAILED, str(status.get("message") or "it failed"))
    ready = phase == "Succeeded" or _condition(status, "Ready").get("status") == "True"
    return READY if ready else State(Health.WAITING, f"it is {phase.lower() or 'not scheduled'}")


def _claim(_: Object, status: Mapping[str, Any]) -> State:
    if status.get("phase") == "Lost":
        return State(Health.FAILED, "its volume is lost")
    return READY  # one that binds at the first consumer is as ready as it can be before there is one


def _rollout(_: Object, status: Mapping[str, Any]) -> State:
    phase = str(status.get("phase") or "")
    if phase in ("Degraded", "Error"):
        return State(Health.FAILED, str(status.get("message") or phase))
    return (
        READY
        if phase in ("Healthy", "Paused")
        else State(Health.WAITING, str(status.get("message") or "it progresses"))
    )


def _crd(_: Object, status: Mapping[str, Any]) -> State:
    if _condition(status, "Established").get("status") == "True":
        return READY
    return State(Health.WAITING, "the API server does not serve it yet")


def _conditions(status: Mapping[str, Any]) -> State:
    """Kinds of controllers: ACK, Karpenter, KEDA, kro and others say Ready, or what keeps them from it."""
    for kind in ("ACK.Terminal", "Stalled"):
        if _condition(status, kind).get("status") == "True":
            return State(Health.FAILED, str(_condition(status, kind).get("message") or kind))
    for kind in ("Ready", "ACK.ResourceSynced", "Accepted", "Established"):
        found = _condition(status, kind)
        if found:
            ready = found.get("status") == "True"
            return READY if ready else State(Health.WAITING, str(found.get("message") or f"{kind} is not true"))
    return READY


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    return next((c for c in mappings(status.get("conditions")) if c.get("type") == kind), {})


_BY_KIND: Mapping[str, Callable[[Object, Mapping[str, Any]], State]] = {
    "Deployment": _replicas,
    "StatefulSet": _replicas,
    "ReplicaSet": _replicas,
    "DaemonSet": _daemons,
    "Job": _job,
    "Pod": _pod,
    "PersistentVolumeClaim": _claim,
    "Rollout": _rollout,
    "CustomResourceDefinition": _crd,
}
