"""Load balancers: C6, C12, C13."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from strangler.model import Finding
from strangler_deploy.conflicts.context import Context, conflict
from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.estate import Site

_AUTO, _SELF = "eks.amazonaws.com", "elbv2.k8s.aws"
_TARGET_GROUPS, _ASSOCIATIONS = 100, 5000


def controllers(context: Context) -> Iterator[Finding]:
    """C6: objects of the self-managed controller on Auto Mode, or the other way round."""
    for site, document in context.of_kind("IngressClassParams", "TargetGroupBinding", "IngressClass", "GatewayClass"):
        wanted, group = (_AUTO, _SELF) if site.cluster.compute == "auto" else (_SELF, _AUTO)
        if site.cluster.local or site.cluster.compute == "none":
            continue
        if document.group == group or _controller(document).startswith(_FOREIGN[group]):
            message = f"{document} is for the other load balancer controller than cluster '{site.name}' has"
            hint = f"use {wanted}, whose fields differ (certificateARNs against certificateArn)"
            yield conflict(6, message, document.location, hint)
    for site, document in context.of_kind("Ingress"):
        yield from _hybrid_targets(context, site, document)


_FOREIGN = {_SELF: ("ingress.k8s.aws/", "gateway.k8s.aws/"), _AUTO: ("eks.amazonaws.com/",)}


def _controller(document: Document) -> str:
    return str(document.spec.get("controller") or document.spec.get("controllerName") or "")


def _hybrid_targets(context: Context, site: Site, document: Document) -> Iterator[Finding]:
    kind = str(document.annotations.get("alb.ingress.kubernetes.io/target-type") or "")
    if site.cluster.hybrid and kind == "instance":
        message = f"{document} balances over instances, and hybrid nodes of '{site.name}' are none"
        yield conflict(6, message, document.location, "set alb.ingress.kubernetes.io/target-type: ip")


def targets(context: Context) -> Iterator[Finding]:
    """C12: a load balancer registers pods; a Service without a selector has none."""
    for cluster, documents in context.by_cluster.items():
        site = context.sites.get(cluster)
        if site is None or site.cluster.local:
            continue
        bare = {(d.namespace, d.name) for d in documents if d.kind == "Service" and not d.spec.get("selector")}
        for document in documents:
            for backend in sorted(set(_backends(document)) & bare):
                message = f"{document} sends requests to Service {'/'.join(backend)}, which has no pods to register"
                hint = "put a proxy Deployment in front of the address, as for the monolith (monolith-proxy)"
                yield conflict(12, message, document.location, hint)


def _backends(document: Document) -> Iterator[tuple[str, str]]:
    if document.kind == "HTTPRoute":
        for rule in mappings(document.spec.get("rules")):
            for backend in mappings(rule.get("backendRefs")):
                yield str(backend.get("namespace") or document.namespace), str(backend.get("name"))
    if document.kind == "Ingress":
        paths = (p for r in mappings(document.spec.get("rules")) for p in mappings(mapping(r.get("http")).get("paths")))
        for path in (*paths, {"backend": document.spec.get("defaultBackend")}):
            service = mapping(mapping(path.get("backend")).get("service"))
            if service:
                yield document.namespace, str(service.get("name"))


def ceilings(context: Context) -> Iterator[Finding]:
    """C13: what AWS counts and does not let pass."""
    groups: dict[tuple[str, str, str], set[tuple[str, str]]] = defaultdict(set)
    for _, document in context.of_kind("HTTPRoute"):
        for parent in mappings(document.spec.get("parentRefs")):
            gateway = (document.cluster, str(parent.get("namespace") or document.namespace), str(parent.get("name")))
            groups[gateway].update(_backends(document))
    gateways = {(d.cluster, d.namespace, d.name): d for _, d in context.of_kind("Gateway")}
    for key, backends in sorted(groups.items()):
        if len(backends) > _TARGET_GROUPS and key in gateways:
            message = f"{gateways[key]} leads to {len(backends)} services; a load balancer has {_TARGET_GROUPS} groups"
            shards = -(-len(backends) // 90)
            hint = f"spread its tenants: platform.gateways.{key[2]}.shards: {shards}, or more clusters"
            yield conflict(13, message, gateways[key].location, hint)
    yield from _associations(context)


def _associations(context: Context) -> Iterator[Finding]:
    counted: dict[str, list[Document]] = defaultdict(list)
    for document in context.by_kind.get("PodIdentityAssociation", ()):
        reference = mapping(mapping(document.spec.get("clusterRef")).get("from"))
        counted[str(document.spec.get("clusterName") or reference.get("name"))].append(document)
    for cluster, documents in sorted(counted.items()):
        if len(documents) > _ASSOCIATIONS:
            message = (
                f"cluster '{cluster}' gets {len(documents)} Pod Identity associations; it can have {_ASSOCIATIONS}"
            )
            yield conflict(13, message, documents[_ASSOCIATIONS].location, "spread the tenants over more clusters")
