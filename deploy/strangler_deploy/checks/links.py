"""Objects against each other: does what they name exist, and is each there once?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from strangler.model import Finding
from strangler_deploy.checks.documents import Document
from strangler_deploy.checks.objects import Locate
from strangler_deploy.manifest import Identity
from strangler_deploy.references import references

# What every cluster has before anything of ours is in it.
_GIVEN = frozenset(
    {
        *(Identity("", "Namespace", "", name) for name in ("default", "kube-system", "kube-public", "kube-node-lease")),
        *(
            Identity("scheduling.k8s.io", "PriorityClass", "", name)
            for name in ("system-node-critical", "system-cluster-critical")
        ),
        *(
            Identity("rbac.authorization.k8s.io", "ClusterRole", "", name)
            for name in ("admin", "edit", "view", "cluster-admin")
        ),
        Identity("eks.amazonaws.com", "NodeClass", "", "default"),
    }
)


@dataclass(frozen=True, slots=True)
class Link:
    """One object of a cluster that names another: in which field, and where both the plan and the tree have it."""

    cluster: str
    source: Identity
    target: Identity
    field: str
    origin: str
    path: str


@dataclass
class Links:
    """What there is in each cluster, and what is named there; parts of an estate can be joined.

    ``have`` is what the tree holds, with origin and path; ``made`` what controllers make of that.
    """

    have: list[tuple[str, Identity, str, str]] = field(default_factory=list)
    made: set[tuple[str, Identity]] = field(default_factory=set)
    named: list[Link] = field(default_factory=list)

    def add(self, document: Document, cluster: str) -> None:
        """Take in an object of a cluster with what it names."""
        self.have.append((cluster, document.identity, document.origin, document.path))
        self.made.update((cluster, identity) for identity in provided(document.data))
        for to in references(document.data):
            self.named.append(Link(cluster, document.identity, to.target, to.field, document.origin, document.path))

    def join(self, other: Links) -> None:
        """Take in everything of another part."""
        self.have += other.have
        self.made |= other.made
        self.named += other.named

    def findings(self, locate: Locate) -> Iterator[Finding]:
        """What is there twice, and what is named and not there."""
        present: dict[tuple[str, Identity], str] = {}
        for cluster, identity, origin, path in self.have:
            first = present.setdefault((cluster, identity), path)
            if first != path:
                message = f"{identity} is in cluster '{cluster}' twice: {first} and {path}"
                yield Finding("DEPLOY-TWICE", message, locate(origin), "rename one of them in the plan")
        for link in self.named:
            key = (link.cluster, link.target)
            if not (key in present or key in self.made or link.target in _GIVEN):
                message = f"{link.source} names {link.target} ({link.field}), which cluster '{link.cluster}' has not"
                yield Finding("DEPLOY-REFERENCE", message, locate(link.origin), f"rendered as {link.path}")


def linked(documents: Iterable[Document], clusters: Mapping[str, str]) -> Links:
    """The links of documents; ``clusters`` tells which cluster a folder goes to (files for hosts go to none)."""
    links = Links()
    for document in documents:
        cluster = clusters.get(document.folder)
        if cluster is not None:
            links.add(document, cluster)
    return links


def provided(data: Mapping[str, Any]) -> Iterator[Identity]:
    """The objects that there are once this one is: itself, and what its controller makes of it."""
    api, kind, metadata = str(data["apiVersion"]), data["kind"], data["metadata"]
    namespace, name = metadata.get("namespace", ""), metadata["name"]
    yield Identity(api.rpartition("/")[0], kind, namespace, name)
    if kind == "ExternalSecret":
        yield Identity("", "Secret", namespace, data["spec"].get("target", {}).get("name", name))
    if kind == "FieldExport":
        target = data["spec"]["to"]
        made = "Secret" if target["kind"] == "secret" else "ConfigMap"
        yield Identity("", made, target.get("namespace", namespace), target["name"])
