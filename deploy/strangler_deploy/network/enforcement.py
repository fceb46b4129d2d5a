"""Policies are accepted everywhere and enforced only where somebody was told to: without that the rest is paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from strangler.model import Finding, Location
from strangler_deploy.documents import Document, mapping
from strangler_deploy.estate import Site

_SWITCH = "enable-network-policy-controller"


def inert(site: Site, own: Sequence[Document], every: Sequence[Document]) -> Iterator[Finding]:
    """A finding if nobody enforces the policies of the cloud nodes of a cluster."""
    if site.cluster.local or site.cluster.compute == "none":
        return
    place = Location(site.origin if site.origin.startswith("tenants/") else f"strangler.yaml {site.origin}")
    if site.cluster.compute == "auto" and not any(_switches_on(document) for document in own):
        message = f"cluster '{site.name}' accepts network policies and enforces none: every pod reaches every other"
        hint = f'ConfigMap kube-system/amazon-vpc-cni needs {_SWITCH}: "true"'
        yield Finding("NETWORK-INERT", message, place, hint)
    if site.cluster.compute == "nodegroups" and not any(_enables(document) for document in every):
        message = f"the VPC CNI of cluster '{site.name}' is not told to enforce network policies"
        hint = 'the Addon vpc-cni needs configurationValues {"enableNetworkPolicy": "true"}'
        yield Finding("NETWORK-INERT", message, place, hint)


def _switches_on(document: Document) -> bool:
    is_it = (document.kind, document.namespace, document.name) == ("ConfigMap", "kube-system", "amazon-vpc-cni")
    return is_it and str(mapping(document.data.get("data")).get(_SWITCH)).lower() == "true"


def _enables(document: Document) -> bool:
    if document.kind != "Addon":
        return False
    if (document.spec.get("name") or document.spec.get("addonName")) != "vpc-cni":
        return False
    try:
        values = mapping(json.loads(str(document.spec.get("configurationValues") or "{}")))
    except json.JSONDecodeError:
        return False
    return str(values.get("enableNetworkPolicy")).lower() == "true"
