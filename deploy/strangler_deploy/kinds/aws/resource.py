"""What all ACK objects have in common: they are kept when they are deleted, and say whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from strangler_deploy.manifest import Data, Manifest

RETAIN = {"services.k8s.aws/deletion-policy": "retain"}
PLATFORM_NAMESPACE = "platform-system"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an AWS resource is: where its object stands, and the tags that cost and access are told apart by."""

    namespace: str
    origin: str
    region: str
    labels: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def tag_list(self) -> list[Data]:
        """The tags as most APIs want them."""
        return [{"key": key, "value": value} for key, value in sorted(self.tags.items())]


def ack(service: str, kind: str, name: str, spec: Mapping[str, Any], owner: Owner, *, retain: bool = True) -> Manifest:
    """An object of an ACK controller; without ``retain`` deleting it deletes what it stands for."""
    annotations = {"services.k8s.aws/region": owner.region, **(RETAIN if retain else {})}
    return Manifest(
        f"{service}.services.k8s.aws/v1alpha1",
        kind,
        name,
        {"spec": dict(spec)},
        owner.namespace,
        dict(owner.labels),
        annotations,
        owner.origin,
    )


def named(name: str, namespace: str = "") -> Data:
    """A reference to another ACK object."""
    return {"from": {"name": name, "namespace": namespace} if namespace else {"name": name}}
