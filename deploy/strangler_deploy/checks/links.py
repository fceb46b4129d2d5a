"""Objects against each other: does what they name exist, and is each there once?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


def linked(documents: Iterable[Document], clusters: Mapping[str, str], locate: Locate) -> Iterator[Finding]:
    """Findings for what is named and not there, and for what is there twice.

    ``clusters`` tells which cluster each folder goes to; folders that go nowhere (files for hosts) are passed over.
    """
    by_cluster: dict[str, list[Document]] = {}
    for document in documents:
        cluster = clusters.get(document.folder)
        if cluster is not None:
            by_cluster.setdefault(cluster, []).append(document)
    for cluster, members in sorted(by_cluster.items()):
        yield from _twice(members, cluster, locate)
        present = {identity for document in members for identity in provided(document.data)} | _GIVEN
        for document in members:
            yield from _missing(document, present, cluster, locate)


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


def _twice(documents: Iterable[Document], cluster: str, locate: Locate) -> Iterator[Finding]:
    seen: dict[Identity, Document] = {}
    for document in documents:
        first = seen.setdefault(document.identity, document)
        if first is not document:
            message = f"{document.identity} is in cluster '{cluster}' twice: {first.path} and {document.path}"
            yield Finding("DEPLOY-TWICE", message, locate(document.origin), "rename one of them in the plan")


def _missing(document: Document, present: set[Identity], cluster: str, locate: Locate) -> Iterator[Finding]:
    for reference in references(document.data):
        if reference.target not in present:
            message = (
                f"{document.identity} names {reference.target} ({reference.field}), which cluster '{cluster}' has not"
            )
            yield Finding("DEPLOY-REFERENCE", message, locate(document.origin), f"rendered as {document.path}")
