"""Objects as a cluster has them, and what of them is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from strangler_deploy.documents import Document, mapping
from strangler_deploy.manifest import WAVE

MANAGER = "strangler"
OWNER = "strangler/applied-by"
"""The label by which we know what we brought; its value is the product."""

_SERVER_SIDE = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
# Kinds whose loss cannot be made good by applying again; AWS's own go by their API group.
_DATA_KINDS = frozenset(
    {"Namespace", "PersistentVolumeClaim", "PersistentVolume", "Secret", "CustomResourceDefinition"}
)
_DATA_GROUPS = (".services.k8s.aws",)

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What an object is known by in its cluster."""

    api: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def key_of(data: Object) -> Key:
    """The key of an object."""
    metadata = mapping(data.get("metadata"))
    namespace = str(metadata.get("namespace") or "")
    return Key(str(data.get("apiVersion")), str(data.get("kind")), namespace, str(metadata.get("name")))


def is_data(key: Key) -> bool:
    """Whether an object holds data, or its deletion takes data along."""
    group = key.api.rpartition("/")[0]
    return key.kind in _DATA_KINDS or group.endswith(_DATA_GROUPS)


def labelled(document: Document, product: str) -> dict[str, Any]:
    """The object as it is applied: with the label that says who brought it."""
    metadata = {**document.metadata, "labels": {**document.labels, OWNER: product}}
    return {**document.data, "metadata": metadata}


def plain(data: Object | None) -> dict[str, Any]:
    """What people wrote of an object: without status and the server's own fields."""
    made = {key: value for key, value in (data or {}).items() if key != "status"}
    metadata = {k: v for k, v in mapping(made.get("metadata")).items() if k not in _SERVER_SIDE}
    return {**made, "metadata": metadata} if metadata else made


def waves(documents: Iterable[Document]) -> list[list[Document]]:
    """The documents in the order of their sync waves."""
    found: dict[int, list[Document]] = {}
    for document in documents:
        found.setdefault(int(document.annotations.get(WAVE, "0")), []).append(document)
    return [found[number] for number in sorted(found)]
