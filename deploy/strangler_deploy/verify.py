"""The proofs: everything that takes more than one look at one object."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from strangler.model import Finding
from strangler.plan.platform import Tenant
from strangler_deploy.admission import verify as admission
from strangler_deploy.admission.review import User, argo_cd
from strangler_deploy.capacity import verify as capacity
from strangler_deploy.checks.objects import Locate
from strangler_deploy.conflicts import verify as conflicts
from strangler_deploy.conflicts.context import Context
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.iam import verify as iam
from strangler_deploy.manifest import group_of
from strangler_deploy.network import verify as network

_ACK = "services.k8s.aws"
_COUNTED = frozenset({"HTTPRoute", "Gateway", "Namespace"})


def placed(documents: Iterable[Document], clusters: Mapping[str, str], locate: Locate) -> list[Document]:
    """The documents with the cluster each is applied to, and the line of the plan it is due to."""
    return [replace(d, cluster=clusters.get(d.folder, ""), source=locate(d.origin)) for d in documents]


def verified(
    documents: list[Document], estate: Estate, tenants: Mapping[str, Tenant], locate: Locate
) -> Iterator[Finding]:
    """What the proofs find that need some tenants of a cluster only; ``documents`` as ``placed`` makes them."""
    context, deliverer = Context(estate, tenants, documents), User(argo_cd(estate.platform.delivery.namespace))
    found = itertools.chain(
        conflicts.of_each(context),
        capacity.of_each(context),
        network.findings(documents, estate, tenants),
        admission.findings(documents, deliverer),
    )
    yield from (_on_its_line(finding, locate) for finding in found)


def counted(
    documents: list[Document], estate: Estate, tenants: Mapping[str, Tenant], locate: Locate
) -> Iterator[Finding]:
    """What is found by adding up over all tenants; ``documents`` need be those only that ``of_all`` picks."""
    context = Context(estate, tenants, documents)
    found = itertools.chain(conflicts.of_all(context), capacity.of_all(context))
    yield from (_on_its_line(finding, locate) for finding in found)


def of_all(data: Mapping[str, Any]) -> bool:
    """Whether an object (as plain data) is one that only all tenants together can be judged by."""
    return _is_aws(group_of(str(data["apiVersion"]))) or data["kind"] in _COUNTED


def isolated(
    documents: list[Document], estate: Estate, tenants: Mapping[str, Tenant], locate: Locate
) -> Iterator[Finding]:
    """What the proof of AWS permissions finds: it needs the identities and resources of all tenants at once."""
    own = [document for document in documents if _is_aws(document.group) or document.kind == "Namespace"]
    yield from (_on_its_line(finding, locate) for finding in iam.findings(own, estate, tenants))


def _is_aws(group: str) -> bool:
    return group == _ACK or group.endswith(f".{_ACK}")


def _on_its_line(finding: Finding, locate: Locate) -> Finding:
    """Proofs name the origin (``strangler.yaml platform.tiers.basic``); people want the line."""
    place = finding.location
    if place is None or place.line or not place.path.startswith(("strangler.yaml", "tenants/")):
        return finding
    return replace(finding, location=locate(place.path))
