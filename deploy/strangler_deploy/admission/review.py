"""What an admission policy is asked: an object, what is done to it, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from strangler_deploy.documents import Document, mapping
from strangler_deploy.manifest import group_of

Operation = Literal["CREATE", "UPDATE", "DELETE", "CONNECT"]
_CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller"


def argo_cd(namespace: str = "argocd") -> str:
    """The account by which Argo CD, in this namespace, brings objects."""
    return f"system:serviceaccount:{namespace}:argocd-application-controller"


@dataclass(frozen=True, slots=True)
class User:
    """Who asks; by default Argo CD, which brings everything of ours."""

    name: str = argo_cd()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """One request; ``namespace`` is the object of its namespace, None for cluster-scoped ones."""

    object: Mapping[str, Any] | None
    operation: Operation = "CREATE"
    old: Mapping[str, Any] | None = None
    namespace: Mapping[str, Any] | None = None
    user: User = field(default_factory=User)
    subresource: str = ""

    @property
    def subject(self) -> Mapping[str, Any]:
        """The object, or for a deletion the one that goes."""
        return self.object or self.old or {}

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.subject.get("kind") or "")

    @property
    def group(self) -> str:
        """Its API group."""
        return group_of(str(self.subject.get("apiVersion") or ""))

    @property
    def version(self) -> str:
        """Its API version."""
        return str(self.subject.get("apiVersion") or "").rpartition("/")[2]

    @property
    def resource(self) -> str:
        """The resource as rules name it (``pods``)."""
        return plural(self.kind)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata."""
        return mapping(self.subject.get("metadata"))

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        return mapping(self.metadata.get("labels"))

    @property
    def namespace_name(self) -> str:
        """The namespace's name; "" for cluster-scoped objects."""
        return str(self.metadata.get("namespace") or "")

    @property
    def namespace_labels(self) -> Mapping[str, str] | None:
        """The namespace's labels, None for cluster-scoped objects; every namespace has its name as a label."""
        if not self.namespace_name:
            return None
        own = mapping(mapping(mapping(self.namespace).get("metadata")).get("labels"))
        return {"kubernetes.io/metadata.name": self.namespace_name, **own}


def plural(kind: str) -> str:
    """The resource name of a kind, by the rules that every API in use follows."""
    lower = kind.lower()
    if lower.endswith(("s", "x", "ch", "sh")):
        return lower if lower.endswith("endpoints") else f"{lower}es"
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return f"{lower[:-1]}ies"
    return f"{lower}s"


def reviews(document: Document, namespace: Mapping[str, Any] | None, user: User | None = None) -> Iterator[Review]:
    """Its creation by ``user``, and for a workload the creation of the pod it makes, by its controller."""
    yield Review(document.data, namespace=namespace, user=user or User())
    template = document.pod()
    if template is not None and document.kind != "Pod":
        yield Review(
            pod_of(document, template), namespace=namespace, user=User(_CONTROLLER, ("system:serviceaccounts",))
        )


def pod_of(document: Document, template: Mapping[str, Any]) -> dict[str, Any]:
    """The pod that a workload's controller makes of its template."""
    metadata = {**mapping(template.get("metadata")), "name": f"{document.name}-0", "namespace": document.namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": mapping(template.get("spec"))}
