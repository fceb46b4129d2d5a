"""Manifests as values: what every check reads, from a render in memory or from a tree on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from strangler.model import Location
from strangler_deploy.manifest import Identity, group_of

# kind → where its pod template is; every kind that makes pods, Argo's Rollout included.
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Rollout": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """One Kubernetes object of the tree, as plain data.

    ``path`` is POSIX and relative to the tree; ``origin`` says what in the plan it is due to (``strangler.yaml
    services.billing``), ``source`` on which line; ``cluster`` is the plan's cluster that it is applied to ("": none).
    """

    path: str
    data: Mapping[str, Any]
    origin: str = ""
    cluster: str = ""
    source: Location | None = None

    @property
    def identity(self) -> Identity:
        """What tells the object from others of its cluster."""
        return Identity(self.group, self.kind, self.namespace, self.name)

    @property
    def folder(self) -> str:
        """The bundle it belongs to."""
        return self.path.rpartition("/")[0]

    @property
    def kind(self) -> str:
        """Such as ``Deployment``; "" if it has none."""
        return str(self.data.get("kind") or "")

    @property
    def api_version(self) -> str:
        """Such as ``apps/v1``."""
        return str(self.data.get("apiVersion") or "")

    @property
    def group(self) -> str:
        """Such as ``apps``; "" for the core group."""
        return group_of(self.api_version)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.metadata.get("name") or "")

    @property
    def namespace(self) -> str:
        """Its namespace; "" for cluster-scoped objects."""
        return str(self.metadata.get("namespace") or "")

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata, empty if there is none."""
        return mapping(self.data.get("metadata"))

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        return mapping(self.metadata.get("labels"))

    @property
    def annotations(self) -> Mapping[str, str]:
        """Its annotations."""
        return mapping(self.metadata.get("annotations"))

    @property
    def spec(self) -> Mapping[str, Any]:
        """Its spec, empty if there is none."""
        return mapping(self.data.get("spec"))

    @property
    def location(self) -> Location:
        """The plan's line it comes from, else its own file."""
        return self.source or Location(self.path)

    def pod(self) -> Mapping[str, Any] | None:
        """The pod template (metadata and spec) of a workload, None for other kinds."""
        steps = _TEMPLATES.get(self.kind)
        if steps is None:
            return None
        template: Mapping[str, Any] = self.data
        for step in steps:
            template = mapping(template.get(step))
        return template

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {place}{self.name}"


def mapping(value: Any) -> Mapping[str, Any]:
    """``value`` if it is a mapping, else an empty one: hand-written manifests may hold anything anywhere."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list; anything else is left to the schema check."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def containers(pod_spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every container of a pod: ordinary, init and ephemeral."""
    for key in ("initContainers", "containers", "ephemeralContainers"):
        yield from mappings(pod_spec.get(key))
