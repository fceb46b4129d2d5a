"""A Kubernetes object as a value, before it is text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

Json: TypeAlias = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None
Data: TypeAlias = dict[str, Any]

WAVE = "argocd.argoproj.io/sync-wave"


class Identity(NamedTuple):
    """What no two objects of one cluster share; ``group`` is empty for the core API, ``namespace`` cluster-wide."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        kind = f"{self.kind}.{self.group}" if self.group else self.kind
        return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object; ``body`` is all but apiVersion, kind and metadata, ``origin`` the place in the plan it is due to."""

    api: str
    kind: str
    name: str
    body: Mapping[str, Any]
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""

    @property
    def identity(self) -> Identity:
        """What tells it from every other object of its cluster."""
        return Identity(group_of(self.api), self.kind, self.namespace, self.name)

    def data(self) -> Data:
        """The object as plain data, keys in the order people expect."""
        metadata: Data = {"name": self.name}
        if self.namespace:
            metadata["namespace"] = self.namespace
        if self.labels:
            metadata["labels"] = dict(sorted(self.labels.items()))
        if self.annotations:
            metadata["annotations"] = dict(sorted(self.annotations.items()))
        return {"apiVersion": self.api, "kind": self.kind, "metadata": metadata, **self.body}


def set_wave(data: Data, wave: int) -> None:
    """Say in an object when it is brought in; the first wave needs no word."""
    if wave:
        annotations = {**data["metadata"].get("annotations", {}), WAVE: str(wave)}
        data["metadata"]["annotations"] = dict(sorted(annotations.items()))


def group_of(api: str) -> str:
    """The group in an ``apiVersion``: ``apps`` of ``apps/v1``, nothing of ``v1``."""
    return api.rpartition("/")[0]
