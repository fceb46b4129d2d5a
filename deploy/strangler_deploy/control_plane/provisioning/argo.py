"""What Argo CD and ACK say of a tenant → how far its request is, and what keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from strangler_deploy.control_plane.tenants.stages import State
from strangler_deploy.documents import mapping, mappings

Object = Mapping[str, Any]
# The conditions in which ACK says that it cannot go on; what it says matters more than Argo CD's summary.
_ACK_TROUBLE = ("ACK.Terminal", "ACK.Recoverable", "ACK.Adopted")


def progress(
    applications: Sequence[Object], resources: Sequence[Object], contains: Callable[[str], bool]
) -> tuple[State, str]:
    """How far a commit got, and why it is no further.

    Args:
        applications: the tenant's Argo CD applications.
        resources: the objects of AWS services (ACK) that are not healthy.
        contains: whether a revision has the commit in it.
    """
    if not applications:
        return State.COMMITTED, "Argo CD has no application of this tenant yet"
    for application in applications:
        status = mapping(application.get("status"))
        sync = mapping(status.get("sync"))
        if sync.get("status") != "Synced" or not contains(str(sync.get("revision") or "")):
            return State.COMMITTED, _said(application, _operation(status) or f"is {sync.get('status') or 'not synced'}")
    trouble = next(_ack(resources), "")
    for application in applications:
        health = mapping(mapping(application.get("status")).get("health"))
        if health.get("status") != "Healthy":
            return State.APPLIED, trouble or _said(application, f"is {health.get('status') or 'of unknown health'}")
    return (State.APPLIED, trouble) if trouble else (State.READY, "")


def _said(application: Object, what: str) -> str:
    return f"application {mapping(application.get('metadata')).get('name')} {what}"


def _operation(status: Object) -> str:
    """Why the last sync failed, where it did."""
    operation = mapping(status.get("operationState"))
    failed = operation.get("phase") in ("Failed", "Error")
    return f"cannot be synced: {operation.get('message')}" if failed else ""


def _ack(resources: Sequence[Object]) -> Iterator[str]:
    for resource in resources:
        for condition in mappings(mapping(resource.get("status")).get("conditions")):
            if condition.get("type") in _ACK_TROUBLE and condition.get("status") == "True":
                name = mapping(resource.get("metadata")).get("name")
                yield f"{resource.get('kind')} {name}: {condition.get('message')}"


def unhealthy(applications: Sequence[Object]) -> list[tuple[str, str, str, str, str]]:
    """(group, version, kind, namespace, name) of the applications' ACK objects that are not healthy."""
    found = []
    for application in applications:
        for item in mappings(mapping(application.get("status")).get("resources")):
            group, health = str(item.get("group", "")), mapping(item.get("health")).get("status")
            if group.endswith(".services.k8s.aws") and health != "Healthy":
                place = str(item.get("namespace", "")), str(item.get("name", ""))
                found.append((group, str(item.get("version", "")), str(item.get("kind", "")), *place))
    return found
