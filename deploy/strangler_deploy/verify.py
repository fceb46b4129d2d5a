"""The proofs: everything that takes more than one look at one object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from strangler.model import Finding
from strangler.plan.platform import Tenant
from strangler_deploy.admission import verify as admission
from strangler_deploy.checks.objects import Locate
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.network import verify as network


def placed(documents: Iterable[Document], clusters: Mapping[str, str], locate: Locate) -> list[Document]:
    """The documents with the cluster each is applied to, and the line of the plan it is due to."""
    return [replace(d, cluster=clusters.get(d.folder, ""), source=locate(d.origin)) for d in documents]


def verified(documents: list[Document], estate: Estate, tenants: Mapping[str, Tenant]) -> Iterator[Finding]:
    """What the proofs find; ``documents`` as ``placed`` makes them."""
    yield from network.findings(documents, estate, tenants)
    yield from admission.findings(documents)
