"""How objects come into a cluster and leave it: C14, C19, C20."""

from __future__ import annotations

import json
from collections.abc import Iterator

from strangler.model import Finding
from strangler_deploy.conflicts.context import Context, conflict
from strangler_deploy.documents import Document, mapping, mappings

_DATA_KINDS = ("Bucket", "Table", "DBInstance", "DBCluster", "Queue", "Key", "UserPool")
_LARGEST_ANNOTATION = 262_144


def deletions(context: Context) -> Iterator[Finding]:
    """C14: a generator's error must not delete applications, and a deleted object must not delete data."""
    for document in context.by_kind.get("ApplicationSet", ()):
        policy = mapping(document.spec.get("syncPolicy"))
        if policy.get("applicationsSync") not in ("create-update", "create-only"):
            message = f"{document} deletes the applications that its generator fails to name"
            yield conflict(14, message, document.location, "set syncPolicy.applicationsSync: create-update")
        if policy.get("preserveResourcesOnDeletion") is not True:
            message = f"{document} deletes everything that it brought when an application goes"
            yield conflict(14, message, document.location, "set syncPolicy.preserveResourcesOnDeletion: true")
    namespaces = {(d.cluster, d.name): d for d in context.by_kind.get("Namespace", ())}
    for kind in _DATA_KINDS:
        for document in context.by_kind.get(kind, ()):
            if document.group.endswith(".services.k8s.aws") and not _is_retained(document, namespaces):
                message = f"{document} takes its data with it when it is deleted: ACK's default is to delete"
                hint = "annotate it: services.k8s.aws/deletion-policy: retain"
                yield conflict(14, message, document.location, hint)


def _is_retained(document: Document, namespaces: dict[tuple[str, str], Document]) -> bool:
    if document.annotations.get("services.k8s.aws/deletion-policy") == "retain":
        return True
    namespace = namespaces.get((document.cluster, document.namespace))
    key = f"{document.group}/deletion-policy"
    return namespace is not None and namespace.annotations.get(key) == "retain"


def graphs(context: Context) -> Iterator[Finding]:
    """C19: a graph whose instance lives in the namespace that it owns cannot be deleted."""
    for document in context.by_kind.get("ResourceGraphDefinition", ()):
        schema = mapping(document.spec.get("schema"))
        templates = [mapping(item.get("template")) for item in mappings(document.spec.get("resources"))]
        if any(t.get("kind") == "Namespace" for t in templates) and schema.get("scope", "Namespaced") != "Cluster":
            message = f"{document} owns a Namespace and has instances inside namespaces: deleting one strands it"
            yield conflict(19, message, document.location, "set schema.scope: Cluster")


def large_objects(context: Context) -> Iterator[Finding]:
    """C20: client-side apply keeps a copy of the object in an annotation, which has a limit."""
    large = [d for d in context.documents if d.kind == "CustomResourceDefinition" and _size(d) > _LARGEST_ANNOTATION]
    if not large:
        return
    for kind in ("Application", "ApplicationSet"):
        for document in context.by_kind.get(kind, ()):
            spec = document.spec
            inner = mapping(mapping(spec.get("template")).get("spec")) if kind == "ApplicationSet" else spec
            options = mapping(inner.get("syncPolicy")).get("syncOptions") or ()
            if "ServerSideApply=true" not in options:
                size = _size(large[0])
                message = f"{document} applies by the client, and {large[0]} is too large for that ({size} bytes)"
                yield conflict(20, message, document.location, "add syncOptions: [ServerSideApply=true]")


def _size(document: Document) -> int:
    return len(json.dumps(document.data))
