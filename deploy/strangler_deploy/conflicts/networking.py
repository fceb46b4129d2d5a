"""Names and the first seconds: C7, C23."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from strangler.model import Finding, Severity
from strangler_deploy.conflicts.context import Context, at_site, conflict
from strangler_deploy.documents import Document, mapping, mappings

_POLICIES = ("NetworkPolicy", "ApplicationNetworkPolicy")


def names(context: Context) -> Iterator[Finding]:
    """C7: DNS allowed by the label of a pod that is not there."""
    for site, document in context.of_kind(*_POLICIES):
        if site.cluster.compute != "auto":
            continue
        for rule in mappings(document.spec.get("egress")):
            if _is_dns(rule) and rule.get("to") and all(_by_label(peer) for peer in mappings(rule["to"])):
                message = f"{document} allows names by the label of CoreDNS; on Auto Mode the resolver is on the node"
                hint = "allow port 53 without 'to', or the service's address by ipBlock"
                yield conflict(7, message, document.location, hint)


def _is_dns(rule: Mapping[str, Any]) -> bool:
    return any(str(port.get("port")) in ("53", "dns", "dns-tcp") for port in mappings(rule.get("ports")))


def _by_label(peer: Mapping[str, Any]) -> bool:
    return "ipBlock" not in peer and ("podSelector" in peer or "namespaceSelector" in peer)


def first_seconds(context: Context) -> Iterator[Finding]:
    """C23: short-lived pods before enforcement begins; strict enforcement where nothing is allowed."""
    for site, document in context.of_kind("Job", "CronJob"):
        cloud = site.cluster.is_eks and site.cluster.compute != "none"
        if cloud and _enforcement(site.cluster) == "standard" and _is_guarded(context, document):
            message = f"{document} may run its first one or two seconds before network policies apply to its pods"
            hint = "let it wait for a connection that must work, or set enforcement: strict for the cluster"
            yield conflict(23, message, document.location, hint, Severity.WARNING)
    for site in context.sites.values():
        if _enforcement(site.cluster) == "strict":
            bare = sorted(_unguarded(context.by_cluster[site.name]))
            if bare:
                message = f"cluster '{site.name}' enforces strictly, and namespaces without policies get nothing: "
                hint = "give each a policy that allows what it needs, system namespaces too"
                yield conflict(23, message + ", ".join(bare[:5]), at_site(site), hint)


def _enforcement(cluster: object) -> str:
    return str(getattr(cluster, "enforcement", "standard"))


def _is_guarded(context: Context, document: Document) -> bool:
    own = context.by_cluster[document.cluster]
    return any(d.kind == "NetworkPolicy" and d.namespace == document.namespace for d in own)


def _unguarded(documents: list[Document]) -> set[str]:
    """Namespaces in which pods run and no policy allows them anything."""
    running = {d.namespace for d in documents if mapping(d.pod()).get("spec")}
    guarded = {d.namespace for d in documents if d.kind == "NetworkPolicy" and _allows(d)}
    return (running - guarded) | ({"kube-system"} - guarded)


def _allows(document: Document) -> bool:
    return bool(document.spec.get("ingress") or document.spec.get("egress"))
